import type { Entry } from '../credits/entry.ts';
import type { Ledger } from '../credits/ledger.ts';
import { refund } from '../credits/refunds.ts';
import { announce } from '../kit/event.ts';
import type { Kind } from '../kit/id.ts';
import { expectVersion, type Plan, refuse } from '../kit/plan.ts';
import { providerOf, type Scope } from '../kit/scope.ts';
import { booked } from './booking.ts';
import { countEnded } from './counter.ts';
import { requestChanged } from './events.ts';
import { ownRequest, wrongState } from './problems.ts';
import { asOf, type Common, commonOf, type Filed, type ServiceRequest, tagOf, toItem } from './request.ts';

/** Who moves a request on, and when. */
export interface Mover {
  readonly scope: Scope;
  readonly now: string;
  readonly newId: (kind: Kind) => string;
  /** Of the call: what its events are traced by. */
  readonly requestId: string;
  readonly ifMatch: string | undefined;
}

/** The ledger that a refund goes to; `refunded`: the debit was given back by hand before. */
export interface Money {
  readonly ledger: Ledger;
  readonly debit: Entry | undefined;
  readonly refunded: boolean;
}

type Moved = Plan<ServiceRequest>;
type Said = { readonly comment?: string | null | undefined };

/** The request as it is now, if it is what the caller saw. */
function current(filed: Filed, { ifMatch, now }: Mover): ServiceRequest {
  expectVersion(ifMatch, tagOf(filed, now));
  return asOf(filed.request, now);
}

const wrong = ({ state }: ServiceRequest): never => refuse(wrongState, undefined, { state });

/** The request after a change, in one transaction with what else the change does. */
function moved(
  { request: before, version }: Filed,
  after: ServiceRequest,
  by: Mover & {
    readonly verb: string;
    readonly more?: Pick<Plan, 'writes'>['writes'];
    readonly refunded?: number;
  },
): Moved {
  const { scope, verb, more = [], refunded = 0 } = by;
  const { id, itemId, personId, refundEntryId, comment } = after;
  const given = refunded > 0 ? { refunded, refundEntryId } : {};
  return {
    writes: [{ do: 'replace', version, item: toItem(providerOf(scope.home), after, version + 1) }, ...more],
    receipt: {
      action: `requests.${verb}`,
      subject: id,
      before: { state: before.state },
      after: { state: after.state, ...given },
      ...(comment === null ? {} : { reason: comment }),
    },
    announcements: [
      announce(requestChanged, id, {
        requestId: id,
        itemId,
        personId,
        from: before.state,
        to: after.state,
        refunded,
      }),
    ],
    reply: { body: after, version: version + 1 },
  };
}

const stamped = (request: ServiceRequest, { now }: Mover, { comment = null }: Said): Common => ({
  ...commonOf(request),
  changedAt: now,
  comment,
});

/** True while an approval is still to be decided. */
const undecided = (request: ServiceRequest): boolean =>
  request.state === 'WAITING_APPROVAL' || (request.state === 'PENDING' && request.pending === 'APPROVAL');

function deciding(filed: Filed, by: Mover): ServiceRequest {
  const request = current(filed, by);
  if (request.personId === by.scope.actor.id) refuse(ownRequest);
  return undecided(request) ? request : wrong(request);
}

/** Lets a waiting request go on; not one's own. */
export function approve(filed: Filed, said: Said, by: Mover): Moved {
  const request = deciding(filed, by);
  const after = { ...stamped(request, by, said), approvedBy: by.scope.actor.id };
  return moved(filed, { ...after, state: 'INITIATED_PLANNING' }, { ...by, verb: 'approve' });
}

/** Puts a decision off; it may still be taken. */
export function hold(filed: Filed, said: Said, by: Mover): Moved {
  const request = deciding(filed, by);
  if (request.state !== 'WAITING_APPROVAL') wrong(request);
  const pending = { state: 'PENDING', pending: 'APPROVAL', resumes: 'WAITING_APPROVAL' } as const;
  return moved(filed, { ...stamped(request, by, said), ...pending }, { ...by, verb: 'hold' });
}

export function start(filed: Filed, said: Said, by: Mover): Moved {
  const request = current(filed, by);
  if (request.state !== 'INITIATED_PLANNING') wrong(request);
  return moved(filed, { ...stamped(request, by, said), state: 'IN_PROGRESS' }, { ...by, verb: 'start' });
}

/** Waits for more information. */
export function pend(filed: Filed, said: Said, by: Mover): Moved {
  const request = current(filed, by);
  const { state } = request;
  if (state !== 'INITIATED_PLANNING' && state !== 'IN_PROGRESS') return wrong(request);
  const pending = { state: 'PENDING', pending: 'MORE_INFORMATION', resumes: state } as const;
  return moved(filed, { ...stamped(request, by, said), ...pending }, { ...by, verb: 'pend' });
}

export function resume(filed: Filed, said: Said, by: Mover): Moved {
  const request = current(filed, by);
  if (request.state !== 'PENDING' || undecided(request)) return wrong(request);
  const state = request.resumes;
  return moved(filed, { ...stamped(request, by, said), state }, { ...by, verb: 'resume' });
}

export function complete(filed: Filed, said: Said, by: Mover): Moved {
  const request = current(filed, by);
  if (request.state !== 'IN_PROGRESS') wrong(request);
  const after = { ...stamped(request, by, said), state: 'COMPLETED', completedAt: by.now } as const;
  return moved(filed, after, { ...by, verb: 'complete', more: [countEnded(request.customerId)] });
}

/** The requester says that it is done, and how well. */
export function confirm(filed: Filed, said: Said & { rating?: number | undefined }, by: Mover): Moved {
  const request = current(filed, by);
  if (request.state !== 'COMPLETED') return wrong(request);
  const { completedAt } = request;
  const closed = { state: 'CLOSED', completedAt, closedAt: by.now, rating: said.rating ?? null } as const;
  return moved(filed, { ...stamped(request, by, said), ...closed }, { ...by, verb: 'confirm' });
}

export function reject(filed: Filed, said: Said, by: Mover & Money): Moved {
  return end(filed, deciding(filed, by), { ...by, to: 'REJECTED', verb: 'reject', said });
}

/** What was begun, or was to begin, could not be done. */
export function fail(filed: Filed, said: Said, by: Mover & Money): Moved {
  const request = current(filed, by);
  if (!isOpen(request) || undecided(request)) wrong(request);
  return end(filed, request, { ...by, to: 'FAILED', verb: 'fail', said });
}

export function cancel(filed: Filed, said: Said, by: Mover & Money): Moved {
  const request = current(filed, by);
  if (!isOpen(request)) wrong(request);
  return end(filed, request, { ...by, to: 'CANCELLED', verb: 'cancel', said });
}

/** Whether a request still counts as open: neither completed nor ended. */
export const isOpen = ({ state }: Pick<ServiceRequest, 'state'>): boolean =>
  state === 'PENDING' ||
  state === 'WAITING_APPROVAL' ||
  state === 'INITIATED_PLANNING' ||
  state === 'IN_PROGRESS';

interface Ending {
  readonly to: 'REJECTED' | 'CANCELLED' | 'FAILED';
  readonly verb: string;
  readonly said: Said;
}

const reasons = { REJECTED: 'Request rejected', CANCELLED: 'Request cancelled', FAILED: 'Request failed' };

/** Ends a request and gives its credits back, once, at the price that it was made at, whatever is switched since. */
function end(filed: Filed, request: ServiceRequest, by: Mover & Money & Ending): Moved {
  const { ledger, debit, refunded, now, scope, newId, requestId: traceId } = by;
  const back =
    debit && !refunded
      ? refund(ledger, { debit, reason: reasons[by.to] }, { actor: scope.actor, now })
      : undefined;
  const after = {
    ...stamped(request, by, by.said),
    refundEntryId: back?.reply.body?.entryId ?? null,
    state: by.to,
  };
  const money = back ? booked(back, { path: scope.target.path, newId, traceId }) : [];
  return moved(filed, after, {
    ...by,
    more: [countEnded(request.customerId), ...money],
    refunded: back?.reply.body?.amount ?? 0,
  });
}
