import { nextKey, rotate } from './enrolment.ts';
import { about, type Described, programs } from './host.ts';
import { hashOf, publicKeyOf } from './identity.ts';
import { type Line, Unheard } from './line.ts';
import type { Memory } from './memory.ts';
import { patiently } from './turn.ts';

/** What a machine is made of: docs/agent-protocol.md, *Machines*. */
export interface MachineParts {
  readonly memory: Memory;
  readonly line: Line;
  /** The token of the installation package that it was started with. */
  readonly packageToken?: string | undefined;
  readonly say: (line: string) => void;
  /** Keeps the policy where the program that it is for finds it. */
  readonly keepPolicy: (policy: unknown) => void;
  readonly describe?: () => Described;
}

export interface Machine {
  /** One turn; answers how many seconds to wait for the next one, undefined where the machine was removed. */
  turn(): Promise<number | undefined>;
  isSaid(): boolean;
}

export function openMachine(parts: MachineParts): Machine {
  const { memory, say } = parts;
  const talking = patiently(parts, () => talk(parts));
  return {
    isSaid: () => !talking.hasFailed(),
    async turn() {
      try {
        return await talking.turn();
      } catch (error) {
        if (!(error instanceof Unheard) || !error.commands.includes('UNENROL')) throw error;
        // The count stays: whatever comes after is higher.
        const nothing = { key: undefined, certificate: undefined, machineId: undefined };
        memory.keep({ ...nothing, policyVersion: undefined, reported: 0 });
        parts.keepPolicy(undefined);
        say('was removed: it forgets its key pair and its policy');
        return undefined;
      }
    },
  };
}

async function talk(parts: MachineParts): Promise<number> {
  await enrol(parts);
  const heard = await beat(parts);
  if (heard.commands.includes('ROTATE')) await rotate(parts, '/v1/machine/rotate');
  if (heard.policyVersion !== parts.memory.self().policyVersion) await readPolicy(parts);
  if (heard.commands.includes('INVENTORY')) await report(parts, heard.inventorySequence);
  return heard.intervalSeconds;
}

/** Redeems the token that it was started with, unless it was redeemed before. */
async function enrol({ memory, line, packageToken, say, describe = about }: MachineParts): Promise<void> {
  const { redeemed, certificate } = memory.self();
  if (certificate !== undefined && (packageToken === undefined || hashOf(packageToken) === redeemed)) return;
  if (packageToken === undefined)
    throw new Unheard('There is no package’s token: put it into PACKAGE_TOKEN.', { ended: true });
  const key = nextKey(memory);
  const { hostname, platform, osVersion } = describe();
  const [name] = hostname.split('.');
  const registered = { packageToken, publicKey: publicKeyOf(key), name, platform, osVersion };
  const { status, body } = await line.enrol('/v1/machine/enrol', key, registered);
  if (status !== 200) throw new Unheard(`The token was refused: ${body.detail}`, { ended: true });
  const { certificate: given, machineId } = body as Record<'certificate' | 'machineId', string>;
  const start = { redeemed: hashOf(packageToken), policyVersion: undefined, reported: 0 };
  memory.keep({ key, next: undefined, certificate: given, machineId, ...start });
  say(`enrolled as ${machineId}`);
}

interface Heard {
  readonly intervalSeconds: number;
  readonly policyVersion: string;
  readonly inventorySequence: number;
  readonly commands: readonly string[];
}

async function beat({ memory, line }: MachineParts): Promise<Heard> {
  const { status, body } = await line.call('POST', '/v1/machine/heartbeat', { version: 'reference/1' });
  if (status !== 200) throw new Unheard(`The heartbeat was refused: ${body.detail}`);
  const heard = body as unknown as Heard;
  memory.keep({ intervalSeconds: heard.intervalSeconds });
  return heard;
}

async function readPolicy({ memory, line, say, keepPolicy }: MachineParts): Promise<void> {
  const { status, body } = await line.call('GET', '/v1/machine/policy');
  if (status !== 200) return;
  keepPolicy(body);
  memory.keep({ policyVersion: String(body.policyVersion) });
  say(`read policy ${body.policyVersion}${body.updates ? '' : ': no updates, for no licence runs'}`);
}

async function report(parts: MachineParts, taken: number): Promise<void> {
  const { memory, line, say, describe = about } = parts;
  const sequence = Math.max(taken, memory.self().reported ?? 0) + 1;
  // On the disk before it is sent: whatever its answer says, the next one has another number.
  memory.keep({ reported: sequence });
  const { hostname, osVersion } = describe();
  const found = programs();
  const inventory = { sequence, hostname, osVersion, agentVersion: 'reference/1', programs: found };
  const { status, body } = await line.call('POST', '/v1/machine/inventory', inventory);
  if (status !== 200) say(`the inventory was not taken: ${body.detail}`);
  else say(`reported ${found.length} programs`);
}
