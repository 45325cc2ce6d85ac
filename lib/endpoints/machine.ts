import * as z from 'zod';
import { digest } from '../kit/digest.ts';
import { idTime } from '../kit/id.ts';
import { type Key, machineKey, machinePulseKey, machineReportKey, uniqueKey } from '../kit/keys.ts';
import type { Item, Write } from '../kit/plan.ts';
import type { Actor } from '../kit/scope.ts';

export const machinePlatform = z.enum(['WINDOWS', 'MACOS', 'LINUX']);

const stored = z.object({
  id: z.string(),
  name: z.string(),
  groupId: z.string(),
  /** What its seat is of, and the package that it enrolled with. */
  productId: z.string(),
  packageId: z.string(),
  platform: machinePlatform,
  /** Where the key pair that it enrolled with is noted. */
  enrolledWith: z.string(),
  version: z.number(),
});

/** A machine as people see and arrange it. */
export interface Machine extends z.infer<typeof stored> {
  readonly customerId: string;
}

export const toMachine = (item: Readonly<Record<string, unknown>>, customerId: string): Machine => ({
  ...stored.parse(item),
  customerId,
});

export const machineItem = ({ customerId, ...machine }: Machine): Item & { version: number } => ({
  ...machineKey(customerId, machine.id),
  kind: 'machine',
  ...machine,
});

export const enrolledAt = ({ id }: Pick<Machine, 'id'>): string => new Date(idTime(id)).toISOString();

const storedPulse = z.object({
  id: z.string(),
  groupId: z.string(),
  productId: z.string(),
  generation: z.number(),
  enrolled: z.number(),
  publicKey: z.string(),
  /** Since when it has this key pair. */
  keyAt: z.string(),
  previous: z.number().optional(),
  previousKey: z.string().optional(),
  previousUntil: z.string().optional(),
  host: z.string(),
  count: z.number(),
  mark: z.string().optional(),
  seenAt: z.string(),
  clonedAt: z.string().optional(),
  osVersion: z.string().optional(),
  /** Version of its agent, as it says. */
  agent: z.string().optional(),
  /** Number of the last inventory that was taken, and when. */
  inventory: z.number(),
  inventoryAt: z.string().optional(),
});

/** What a machine's own calls change: one item below 1 KB, in no index. There is one as long as the machine is let in. */
export interface MachinePulse extends z.infer<typeof storedPulse> {
  readonly customerId: string;
}

export const toMachinePulse = (
  item: Readonly<Record<string, unknown>>,
  customerId: string,
): MachinePulse => ({ ...storedPulse.parse(item), customerId });

/** A machine with what was heard of it. */
export interface Sight {
  readonly machine: Machine;
  readonly pulse: MachinePulse;
}

/** Notes that a key pair has enrolled a machine: it enrols no second one, and the same again is answered the same. */
export const keyPairKey = (customerId: string, keyHash: string): Key =>
  uniqueKey(customerId, 'MACHINE_KEY', keyHash);
/** Kind of such a note where a machine went on to the key pair by itself. */
export const laterKeyPair = 'laterKeyPair';
export const keyPairHash = (publicKey: string): string => digest('machine key pair', publicKey);

/** Everything that a machine is, as it enrols. */
export function enteredWrites({ machine, pulse }: Sight): Write[] {
  const { customerId, id, enrolledWith } = machine;
  const { customerId: _, ...heard } = pulse;
  const report = { kind: 'machineReport', id, sequence: 0, programs: [] };
  return [
    { do: 'create', item: machineItem(machine) },
    { do: 'create', item: { ...machinePulseKey(customerId, id), kind: 'machinePulse', ...heard } },
    { do: 'create', item: { ...machineReportKey(customerId, id), ...report } },
    {
      do: 'create',
      item: { ...keyPairKey(customerId, enrolledWith), kind: 'machineKeyPair', machineId: id },
    },
  ];
}

/** Takes all of it away again. */
export const leftWrites = ({ customerId, id, enrolledWith, version }: Machine): Write[] => [
  { do: 'remove', key: machineKey(customerId, id), version },
  { do: 'remove', key: machinePulseKey(customerId, id) },
  { do: 'remove', key: machineReportKey(customerId, id) },
  { do: 'remove', key: keyPairKey(customerId, enrolledWith) },
];

/** A machine itself, in audit entries and events. */
export const machineActor = ({ id, customerId }: { id: string; customerId: string }): Actor => ({
  id,
  kind: 'system',
  home: customerId,
});
