import { attempt, get, getAll } from '../aws/db.ts';
import type { Proven } from '../kit/agent.ts';
import { hearing, isOverlapping } from '../kit/hearing.ts';
import { nodeKey, probeKey, pulseKey } from '../kit/keys.ts';
import { type Approval, approvalKey, toApproval } from './approval.ts';
import { type Probe, toProbe } from './probe.ts';
import { type Pulse, toPulse } from './pulse.ts';

/** What a call changes of the pulse beside its being heard, and under which conditions of the pulse. */
export interface Touch {
  readonly set?: Readonly<Record<string, unknown>>;
  readonly where?: Readonly<Record<string, string | number | boolean | null>>;
  readonly below?: Readonly<Record<string, string | number>>;
  readonly atLeast?: Readonly<Record<string, string | number>>;
}

/** The pulse after the call, or as it did not take it (undefined: there is none). */
export type Touched = { readonly heard: Pulse } | { readonly missed: Pulse | undefined };

/**
 * Checks a proven call against its probe's pulse and marks it heard: one UpdateItem, 1 WCU, no index. The public key is
 * held against the pulse, too: a certificate alone proves nothing. The first call of a new key pair ends the one before.
 */
export async function touch(proven: Proven, now: string, more: Touch = {}): Promise<Touched> {
  const { customerId } = proven.credential;
  const current = await attempt(update(proven, now, more, 'PRESENT'));
  if ('done' in current) return { heard: toPulse(current.done, customerId) };
  const missed = current.found && toPulse(current.found, customerId);
  if (!missed || !isOverlapping(missed, proven.credential, now)) return { missed };
  const before = await attempt(update(proven, now, more, 'OVERLAPPING'));
  if ('done' in before) return { heard: toPulse(before.done, customerId) };
  return { missed: before.found && toPulse(before.found, customerId) };
}

function update(
  proven: Proven,
  now: string,
  more: Touch,
  as: Parameters<typeof hearing>[2],
): Parameters<typeof attempt>[0] {
  const { set, where, below, atLeast } = hearing(proven, now, as);
  return {
    key: pulseKey(proven.credential.customerId, proven.credential.probeId),
    set: { ...set, ...more.set },
    where: { state: 'UP', ...where, ...more.where },
    below: { ...below, ...more.below },
    atLeast: { ...atLeast, ...more.atLeast },
  };
}

/** A probe's pulse, read consistently. */
export async function pulseOf(customerId: string, probeId: string): Promise<Pulse | undefined> {
  const item = await get(pulseKey(customerId, probeId), true);
  return item && toPulse(item, customerId);
}

/** A probe's pulse, its customer's profile as stored, and how the customer lets agents in: one round trip. */
export async function whereabouts(
  customerId: string,
  probeId: string,
): Promise<{
  pulse: Pulse | undefined;
  node: Readonly<Record<string, unknown>> | undefined;
  approval: Approval;
}> {
  const keys = [pulseKey(customerId, probeId), nodeKey(customerId), approvalKey(customerId)];
  const [pulse, node, approval] = await getAll(keys, true);
  return { pulse: pulse && toPulse(pulse, customerId), node, approval: toApproval(approval) };
}

/** A probe as people set it up, read consistently. */
export async function setupOf(customerId: string, probeId: string): Promise<Probe | undefined> {
  const item = await get(probeKey(customerId, probeId), true);
  return item && toProbe(item, customerId);
}
