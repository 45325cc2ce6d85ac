import { randomUUID } from 'node:crypto';
import { commit } from '../../lib/aws/db.ts';
import { enrolmentHash } from '../../lib/probes/enrolment.ts';
import { enrol } from '../../lib/probes/lifecycle.ts';
import type { Pulse } from '../../lib/probes/pulse.ts';
import type { Step } from '../../lib/probes/step.ts';
import { probeOf } from '../../lib/probes/store.ts';
import { type Answer, type Caller, call } from '../kit/world.ts';

export interface Added {
  readonly customerId: string;
  readonly id: string;
  readonly path: string;
  readonly key: string;
  readonly etag: string;
}

/** Adds a probe over the API. */
export async function add(
  as: Caller,
  customerId: string,
  more: Record<string, unknown> = {},
): Promise<Added> {
  const body = { name: `Probe ${randomUUID().slice(0, 8)}`, ...more };
  const answer = await call(`POST /v1/customers/${customerId}/probes`, { as, body });
  if (answer.status !== 201) throw new Error(`createProbe answered ${JSON.stringify(answer.body)}`);
  const { id, enrolmentKey } = answer.body;
  const path = `/v1/customers/${customerId}/probes/${id}`;
  return { customerId, id, path, key: enrolmentKey, etag: answer.headers.etag ?? '' };
}

export async function pulseOf({ customerId, id }: Pick<Added, 'customerId' | 'id'>): Promise<Pulse> {
  const sight = await probeOf(customerId, id);
  if (!sight) throw new Error(`There is no probe ${id}`);
  return sight.pulse;
}

/** Decides on a probe's pulse and writes that, below the API. */
export async function turn(
  probe: Pick<Added, 'customerId' | 'id'>,
  decide: (pulse: Pulse, now: string) => Step | undefined,
): Promise<Pulse> {
  const before = await pulseOf(probe);
  const step = decide(before, new Date().toISOString());
  if (step) await commit(step.writes, randomUUID(), Date.now() + 5000);
  return step?.after ?? before;
}

export const newPair = () => ({ publicKey: randomUUID(), host: randomUUID() });

/** Has an agent redeem a probe's key, below the API. */
export function enrolBelow(
  probe: Pick<Added, 'customerId' | 'id' | 'key'>,
  mode: 'AUTOMATIC' | 'MANUAL' = 'AUTOMATIC',
): Promise<Pulse> {
  return turn(probe, (pulse, now) => {
    const agent = { hash: enrolmentHash(probe.key), ...newPair() };
    const redemption = enrol(pulse, agent, { mode, now });
    if (redemption.outcome !== 'ENROLLED') throw new Error(redemption.outcome);
    return redemption.step;
  });
}

export const retireNow = (as: Caller, probe: Added, query = '', etag = '*'): Promise<Answer> =>
  call(`DELETE ${probe.path}${query}`, { as, headers: { 'if-match': etag } });
