import type { Folder } from './files.ts';
import { type Known, learn, nothingKnown, type Reported } from './inventory.ts';

/** What an agent keeps of itself. */
export interface Self {
  /** The private key, PEM; and the one that is to follow it, from before it is registered. */
  readonly key?: string | undefined;
  readonly next?: string | undefined;
  /** Hash of the enrolment key that was redeemed. */
  readonly redeemed?: string | undefined;
  readonly certificate?: string | undefined;
  readonly probeId?: string;
  readonly machineId?: string | undefined;
  /** Version of the policy that a machine has. */
  readonly policyVersion?: string | undefined;
  /** Number of the last inventory of a machine that was taken. */
  readonly reported?: number;
  /** Enrolled, and the probe's numbers of reports are not known yet. */
  readonly anew?: boolean;
  /** The highest count that was sent. */
  readonly count: number;
  /** Number of the last usage report that was made. */
  readonly usage: number;
  readonly intervalSeconds: number;
  readonly configVersion: number;
  readonly configuration?: Configuration;
  /** Commands that were carried out and are still to be acknowledged. */
  readonly done: readonly string[];
}

/** How people have set the probe up. */
export interface Configuration {
  readonly proxy: { host: string; port: number; user?: string; secretRef?: string } | null;
  readonly nat: { host: string; port: number; protocol: 'HTTP' | 'HTTPS' } | null;
}

export interface Report<B> {
  readonly file: string;
  readonly body: B;
}
export type Usage = { readonly sequence: number; readonly counts: Readonly<Record<string, number>> };
export type Inventory = { readonly sequence: number; readonly items: readonly Reported[] };

/** What outlives a restart: the agent itself, what it has reported, and what waits to be sent. */
export interface Memory {
  self(): Self;
  keep(change: Partial<Self>): void;
  known(): Known;
  /** Forgets what waited of the inventory: it is to be found anew. */
  setKnown(known: Known): void;
  addUsage(counts: Usage['counts']): void;
  addInventory(reports: readonly (readonly Reported[])[]): void;
  usage(): Report<Usage>[];
  inventory(): Report<Inventory>[];
  /** An inventory report was taken. */
  took(report: Report<Inventory>): void;
  drop(file: string): void;
}

const mostUsage = 100;
const fresh: Self = { count: 0, usage: 0, intervalSeconds: 60, configVersion: 0, done: [] };
const fileOf = (kind: string, sequence: number) => `${kind}-${String(sequence).padStart(13, '0')}.json`;

export function openMemory(folder: Folder): Memory {
  let self = folder.read<Self>('self.json') ?? fresh;
  const keep = (change: Partial<Self>) => {
    self = { ...self, ...change };
    folder.write('self.json', self);
  };
  const known = () => folder.read<Known>('known.json') ?? nothingKnown;
  const reports = <B>(kind: string): Report<B>[] =>
    folder.list(`${kind}-`).map((file) => ({ file, body: folder.read<B>(file) as B }));
  const inventory = () => {
    const { sequence } = known();
    const all = reports<Inventory>('inventory');
    // What was taken just before a crash.
    for (const one of all) if (one.body.sequence <= sequence) folder.remove(one.file);
    return all.filter(({ body }) => body.sequence > sequence);
  };
  return {
    self: () => self,
    ...{ keep, known, inventory },
    setKnown(value) {
      for (const file of folder.list('inventory-').reverse()) folder.remove(file);
      folder.write('known.json', value);
    },
    addUsage(counts) {
      const sequence = self.usage + 1;
      keep({ usage: sequence });
      folder.write(fileOf('usage', sequence), { sequence, counts });
      for (const file of folder.list('usage-').slice(0, -mostUsage)) folder.remove(file);
    },
    addInventory(parts) {
      let { sequence } = known();
      for (const items of parts)
        folder.write(fileOf('inventory', ++sequence), { sequence, items } satisfies Inventory);
    },
    usage: () => reports<Usage>('usage'),
    took({ file, body }) {
      folder.write('known.json', learn(known(), body.sequence, body.items));
      folder.remove(file);
    },
    drop: (file) => folder.remove(file),
  };
}
