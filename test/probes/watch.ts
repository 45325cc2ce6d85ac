import { randomUUID } from 'node:crypto';
import { vi } from 'vitest';
import { hear } from '../../functions/probes/hear.ts';
import { lookAtProbes } from '../../functions/probes/look-at-probes.ts';
import { commit, each } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { platformId } from '../../lib/kit/id.ts';
import { partition, probeCountsKey, pulseKey } from '../../lib/kit/keys.ts';
import type { Write } from '../../lib/kit/plan.ts';
import { newPulse, type Pulse } from '../../lib/probes/pulse.ts';
import { lookWrite } from '../../lib/probes/wheel.ts';
import { plantProbe } from '../kit/agent.ts';
import { enrolBelow, pulseOf } from './scene.ts';

/** The clock of everything in this process stands at `at` until it is set again. */
export const setClock = (at: string | number) => vi.useFakeTimers({ now: new Date(at), toFake: ['Date'] });
export const clock = () => new Date().toISOString();
export const wait = (seconds: number) => setClock(Date.now() + seconds * 1000);
export const toNextMinute = () => setClock((Math.floor(Date.now() / 60_000) + 1) * 60_000);

export const sweep = () => lookAtProbes.run(clock());

/** A probe with an agent that can be heard, below the API. */
export interface Watched {
  readonly id: string;
  readonly customerId: string;
  readonly beat: () => Promise<void>;
  readonly pulse: () => Promise<Pulse>;
}

export async function watched(customerId: string): Promise<Watched> {
  const { id, enrolmentKey: key } = await plantProbe(customerId);
  const probe = { customerId, id, key };
  const { generation, host = '', publicKey = '' } = await enrolBelow(probe);
  let count = 0;
  return {
    ...{ id, customerId },
    pulse: () => pulseOf(probe),
    beat: async () => {
      const credential = { probeId: id, customerId, providerId: '', generation, publicKey };
      const proven = { credential, count: ++count, host, mark: randomUUID().slice(0, 16) };
      await hear({ proven, now: clock(), requestId: randomUUID() });
    },
  };
}

/** Rows of the wheel, of one probe or of all. */
export async function rowsOf(probeId?: string): Promise<string[]> {
  const rows: string[] = [];
  const wheel = { partition: partition(platformId, 'WHEEL'), limit: 500, consistent: true };
  for await (const item of each(wheel))
    if (probeId === undefined || item.probeId === probeId) rows.push(String(item.SK).slice(0, 16));
  return rows;
}

/** Empties the wheel: nobody that was there before is looked at. */
export async function stopTheWheel(): Promise<void> {
  const wheel = { partition: partition(platformId, 'WHEEL'), limit: 500, consistent: true };
  for await (const { PK, SK } of each(wheel)) {
    const key = { PK: String(PK), SK: String(SK) };
    await commit([{ do: 'remove', key }], randomUUID(), Date.now() + 5000);
  }
}

/** Several, one after the other: they share a count. */
export async function watchedOnes(customerId: string, count: number): Promise<Watched[]> {
  const ones: Watched[] = [];
  while (ones.length < count) ones.push(await watched(customerId));
  return ones;
}

/** Probes that are up and were heard at `seenAt`, each in a minute of the wheel: without profile, names or agents. */
export async function plantFleet(
  customerId: string,
  of: { count: number; seenAt: string; minute: string },
): Promise<string[]> {
  const ids = Array.from({ length: of.count }, () => newId('probe', Date.now()));
  const writes = ids.flatMap((id): Write[] => {
    const { customerId: _own, ...rest } = newPulse({ id, customerId, enrolment: '', enrolmentUntil: '' });
    const pulse = { ...rest, state: 'UP', generation: 1, host: 'h'.repeat(43), count: 1, seenAt: of.seenAt };
    return [
      { do: 'create', item: { ...pulseKey(customerId, id), kind: 'pulse', ...pulse } },
      lookWrite({ customerId, probeId: id }, of.minute),
    ];
  });
  const counts = {
    ...probeCountsKey(customerId),
    kind: 'probeCounts',
    UP: of.count,
    live: of.count,
    version: 1,
  };
  writes.push({ do: 'create', item: counts });
  for (let at = 0; at < writes.length; at += 100)
    await commit(writes.slice(at, at + 100), randomUUID(), Date.now() + 20_000);
  return ids;
}
