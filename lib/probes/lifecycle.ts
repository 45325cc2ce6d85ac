import { announce } from '../kit/event.ts';
import { oneKeyPair } from '../kit/hearing.ts';
import type { ApprovalMode } from './approval.ts';
import { mayRedeem } from './enrolment.ts';
import {
  probeAwaitingApproval,
  probeCameBack,
  probeEnrolled,
  probeRetired,
  probeRevoked,
  probeWentDown,
} from './events.ts';
import type { Command, Pulse } from './pulse.ts';
import { inService, mustBe, type Rhythm, type Step, stepOf, voided } from './step.ts';

/** What comes of an enrolment. AGAIN: the same agent asks once more, for no answer came. */
export type Redemption =
  | { readonly outcome: 'ENROLLED'; readonly step: Step }
  | { readonly outcome: 'AGAIN'; readonly after: Pulse }
  /** `counts`: it is one of the refusals after which the key is void; without a key there is nothing to guess. */
  | { readonly outcome: 'REFUSED'; readonly counts: boolean };

/** Redeems an enrolment key: registers the agent's key pair, and ends all that were before. */
export function enrol(
  before: Pulse,
  agent: { readonly hash: string; readonly publicKey: string; readonly host: string },
  at: Rhythm & { readonly mode: ApprovalMode; readonly now: string },
): Redemption {
  const { hash, publicKey, host } = agent;
  const itself = before.redeemed === hash && before.publicKey === publicKey && before.host === host;
  if (itself && (inService(before.state) || before.state === 'PENDING'))
    return { outcome: 'AGAIN', after: before };
  if (!mayRedeem(before, hash, at.now)) return { outcome: 'REFUSED', counts: before.enrolment !== undefined };
  if (at.mode === 'REJECT') return { outcome: 'REFUSED', counts: false };
  const waits = at.mode === 'MANUAL';
  const generation = before.generation + 1;
  const entry = { from: before.state, generation };
  const step = stepOf(
    before,
    {
      ...voided,
      ...oneKeyPair,
      ...agentAnew,
      state: waits ? 'PENDING' : 'UP',
      generation,
      enrolled: generation,
      redeemed: hash,
      publicKey,
      host,
      seenAt: at.now,
      commandsVersion: before.commandsVersion + 1,
    },
    {
      action: 'probes.enrol',
      seen: ['enrolment', 'commandsVersion'],
      detail: { generation },
      announce: [
        waits
          ? announce(probeAwaitingApproval, before.id, entry)
          : announce(probeEnrolled, before.id, { ...entry, approvedBy: null }),
        ...(before.state === 'DOWN' ? [announce(probeCameBack, before.id, endOf(before, at.now))] : []),
      ],
      rhythm: at,
    },
  );
  return { outcome: 'ENROLLED', step };
}

// A new agent counts and numbers from the beginning; what was counted and found stays.
const agentAnew = {
  agent: null,
  count: 0,
  mark: null,
  strays: 0,
  straysSince: null,
  refusals: 0,
  clonedAt: null,
  downSince: null,
  told: null,
  commands: [] as Command[],
  usage: 0,
  inventory: 0,
  inventoryHash: null,
  parts: 0,
  whole: true,
  tally: null,
} as const;

/** Lets an agent in that waits. Its silence counts from now. */
export function approve(
  before: Pulse,
  by: Rhythm & { personId: string; now: string; reason?: string | undefined },
): Step {
  mustBe(before, ['PENDING']);
  const { state: from, generation } = before;
  const step = stepOf(
    before,
    { state: 'UP', seenAt: by.now },
    {
      action: 'probes.approve',
      announce: [announce(probeEnrolled, before.id, { from, generation, approvedBy: by.personId })],
      rhythm: by,
    },
  );
  return { ...step, receipt: { ...step.receipt, reason: by.reason } };
}

/** Turns an agent away that waits. */
export function reject(before: Pulse, reason?: string): Step {
  mustBe(before, ['PENDING']);
  return out(before, { action: 'probes.reject', rejected: true, reason });
}

/** Ends every key pair and enrolment key. */
export function revoke(before: Pulse, reason?: string): Step {
  const nothing = before.state === 'REVOKED' && before.enrolment === undefined;
  mustBe(before, nothing ? [] : ['CREATED', 'PENDING', 'UP', 'DOWN', 'REVOKED']);
  return out(before, { action: 'probes.revoke', rejected: false, reason });
}

function out(before: Pulse, why: { action: string; rejected: boolean; reason: string | undefined }): Step {
  const { action, rejected, reason } = why;
  const step = stepOf(
    before,
    { ...voided, ...oneKeyPair, state: 'REVOKED', redeemed: null, downSince: null, told: null },
    {
      action,
      seen: ['enrolment'],
      announce: [announce(probeRevoked, before.id, { from: before.state, rejected })],
    },
  );
  return { ...step, receipt: { ...step.receipt, reason } };
}

/** Takes a probe out for good; `operationId` is the work that deletes its items, `expiresAt` when it is forgotten. */
export function retire(before: Pulse, to: { operationId: string; expiresAt: number }): Step {
  const { operationId, expiresAt } = to;
  mustBe(before, ['CREATED', 'PENDING', 'UP', 'DOWN', 'REVOKED']);
  return stepOf(
    before,
    { ...voided, ...oneKeyPair, state: 'RETIRED', redeemed: null, downSince: null, told: null, expiresAt },
    {
      action: 'probes.retire',
      detail: { operationId },
      announce: [announce(probeRetired, before.id, { from: before.state, operationId })],
    },
  );
}

/** A probe fell silent: an outage begins. Bound to when it was heard last. */
export function goDown(before: Pulse, at: { told: boolean }): Step {
  mustBe(before, ['UP']);
  const outage = { downSince: before.seenAt ?? '', outages: before.outages + 1, told: at.told };
  return stepOf(
    before,
    { state: 'DOWN', ...outage },
    {
      action: 'probes.go_down',
      seen: ['seenAt'],
      detail: outage,
      announce: [announce(probeWentDown, before.id, outage)],
    },
  );
}

/** Tells of an outage that began in a maintenance window which is over. */
export function tellOutage(before: Pulse): Step {
  mustBe(before, before.told === false ? ['DOWN'] : []);
  const outage = { downSince: before.downSince ?? '', outages: before.outages, told: true };
  return stepOf(
    before,
    { told: true },
    {
      action: 'probes.tell_outage',
      seen: ['downSince', 'told'],
      detail: outage,
      announce: [announce(probeWentDown, before.id, outage)],
    },
  );
}

/** A probe that was down is heard again: its outage is over. */
export function comeBack(before: Pulse, at: Rhythm & { now: string }): Step {
  mustBe(before, ['DOWN']);
  const outage = endOf(before, at.now);
  return stepOf(
    before,
    { state: 'UP', seenAt: at.now, downSince: null, told: null },
    {
      action: 'probes.come_back',
      seen: ['downSince', 'told'],
      detail: outage,
      announce: [announce(probeCameBack, before.id, outage)],
      rhythm: at,
    },
  );
}

function endOf({ downSince = '', outages, told = false }: Pulse, backAt: string) {
  return { downSince, outages, told, backAt };
}
