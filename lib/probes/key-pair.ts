import type { Credential } from '../kit/agent.ts';
import { announce } from '../kit/event.ts';
import { rotated } from '../kit/hearing.ts';
import { pulseKey } from '../kit/keys.ts';
import { mostRefusals } from './enrolment.ts';
import { enrolmentRefused, probeCloned } from './events.ts';
import type { CloneSign } from './hearing.ts';
import type { Pulse } from './pulse.ts';
import { boundTo, mustBe, type Step, stepOf, voided } from './step.ts';

/** What the certificate of a probe's present generation says; a certificate is made for one public key. */
export const certificateOf = (
  { id, customerId, generation }: Pulse,
  of: { providerId: string; publicKey: string },
): Credential => ({ probeId: id, customerId, generation, ...of });

/** Has a new enrolment key made: for a probe without a working agent, or one whose key pair was copied. */
export function issueKey(before: Pulse, key: { hash: string; until: string }): Step {
  if (before.clonedAt === undefined) mustBe(before, ['CREATED', 'DOWN', 'REVOKED']);
  return stepOf(
    before,
    { enrolment: key.hash, enrolmentUntil: key.until, refusals: 0 },
    { action: 'probes.issue_key', seen: ['enrolment', 'clonedAt'], detail: { until: key.until } },
  );
}

/** Counts a refused enrolment; the last one that is counted voids the key and is told. */
export function refuseEnrolment(before: Pulse): Step {
  const refusals = before.refusals + 1;
  const seen = ['state', 'generation', 'refusals', 'enrolment'] as const;
  if (refusals < mostRefusals) {
    const where = boundTo(before, seen);
    const key = pulseKey(before.customerId, before.id);
    return {
      after: { ...before, refusals },
      writes: [{ do: 'amend', key, set: { refusals }, where }],
      announcements: [],
    };
  }
  return stepOf(
    before,
    { ...voided, refusals },
    {
      action: 'probes.void_key',
      seen,
      detail: { refusals },
      announce: [announce(enrolmentRefused, before.id, { refusals })],
    },
  );
}

/** Gives the agent of generation `by` another key pair. */
export function rotate(before: Pulse, asked: { by: number; publicKey: string; now: string }): Step {
  const set = rotated(before, asked);
  const detail = { generation: set.generation };
  return stepOf(before, { ...set, redeemed: null }, { action: 'probes.rotate', seen: ['previous'], detail });
}

/** Takes a flag back that people know to be false; the next sign of a copy flags it, and is told, again. */
export function clearFlag(before: Pulse, reason: string | undefined): Step {
  mustBe(before, ['UP', 'DOWN']);
  const step = stepOf(
    before,
    { clonedAt: null, strays: 0, straysSince: null },
    { action: 'probes.clear_flag', seen: ['clonedAt'] },
  );
  return { ...step, receipt: { ...step.receipt, reason } };
}

/** Flags a probe whose key pair was used elsewhere; undefined where that is known. */
export function flagClone(before: Pulse, at: { why: CloneSign; now: string }): Step | undefined {
  if (before.clonedAt !== undefined) return undefined;
  return stepOf(
    before,
    { clonedAt: at.now },
    {
      action: 'probes.flag_clone',
      seen: ['clonedAt'],
      detail: { why: at.why },
      announce: [announce(probeCloned, before.id, { why: at.why })],
    },
  );
}
