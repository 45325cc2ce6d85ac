import { enrol, rotate } from './enrolment.ts';
import { doubt, type Thing } from './inventory.ts';
import { type Line, Unheard } from './line.ts';
import type { Configuration, Memory } from './memory.ts';
import { align, look, sendInventory, sendUsage } from './reports.ts';
import { patiently } from './turn.ts';

/** One agent: docs/agent-protocol.md in motion. */
export interface Probe {
  /** Looks where it is time to, and says all that is to be said; answers how many seconds to wait for the next turn. */
  turn(): Promise<number>;
  /** True where the last turn said all that there was. */
  isSaid(): boolean;
}

export interface Parts {
  readonly memory: Memory;
  readonly line: Line;
  /** The enrolment key that it was started with. */
  readonly enrolmentKey?: string | undefined;
  /** Absent: it looks at nothing, it only lives. */
  readonly scan?: (() => Thing[]) | undefined;
  readonly scanSeconds: number;
  readonly say: (line: string) => void;
}

export function openProbe(parts: Parts): Probe {
  const { memory, scanSeconds, say } = parts;
  let lookedAt = 0;
  const talking = patiently({ memory, say }, () => talk(parts));
  return {
    isSaid: () => !talking.hasFailed() && memory.inventory().length + memory.usage().length === 0,
    async turn() {
      if (Date.now() - lookedAt >= scanSeconds * 1000) {
        lookedAt = Date.now();
        look(parts);
      }
      return talking.turn();
    },
  };
}

async function talk(parts: Parts): Promise<number> {
  await enrol(parts);
  const heard = await beat(parts);
  align(parts, heard);
  await configure(parts, heard);
  await obey(parts, heard);
  await sendInventory(parts);
  await sendUsage(parts);
  await acknowledge(parts);
  return heard.intervalSeconds;
}

interface Heard {
  readonly intervalSeconds: number;
  readonly configVersion: number;
  readonly commands: readonly { readonly id: string; readonly kind: 'ROTATE' | 'RESYNC' | 'SCAN' }[];
  readonly usageSequence: number;
  readonly inventorySequence: number;
}

async function beat({ memory, line }: Parts): Promise<Heard> {
  const { status, body } = await line.call('POST', '/v1/agent/heartbeat', { version: 'reference/1' });
  if (status !== 200) throw new Unheard(`The heartbeat was refused: ${body.detail}`);
  const heard = body as unknown as Heard;
  const { intervalSeconds } = heard;
  if (intervalSeconds !== memory.self().intervalSeconds) memory.keep({ intervalSeconds });
  return heard;
}

async function configure({ memory, line, say }: Parts, heard: Heard): Promise<void> {
  if (heard.configVersion <= memory.self().configVersion) return;
  const { status, body } = await line.call('GET', '/v1/agent/configuration');
  if (status !== 200) return;
  const { proxy, nat } = body as unknown as Configuration;
  memory.keep({ configuration: { proxy, nat }, configVersion: Number(body.configVersion) });
  say(`read configuration ${body.configVersion} of “${body.name}”`);
}

async function obey(parts: Parts, { commands }: Heard): Promise<void> {
  const { memory, say } = parts;
  for (const { id, kind } of commands) {
    const { done } = memory.self();
    // The whole inventory follows the differences that are under way.
    const early = kind === 'RESYNC' && memory.inventory().length > 0;
    if (done.includes(id) || early) continue;
    say(`was told to ${kind}`);
    if (kind === 'ROTATE') await rotate(parts);
    if (kind === 'RESYNC') memory.setKnown(doubt(memory.known(), memory.known().sequence, []));
    if (kind !== 'ROTATE') look(parts);
    memory.keep({ done: [...done, id] });
  }
}

/** Says of commands that they are done, once everything that they brought about is said. */
async function acknowledge({ memory, line }: Parts): Promise<void> {
  if (memory.inventory().length > 0) return;
  for (const id of memory.self().done) {
    await line.call('POST', `/v1/agent/commands/${id}/acknowledgement`, { result: 'DONE' });
    memory.keep({ done: memory.self().done.filter((one) => one !== id) });
  }
}
