import * as z from 'zod';
import { mostTries } from '../kit/context.ts';
import { directoryKinds } from '../kit/directory.ts';
import { announce } from '../kit/event.ts';
import { provisioningRequestKey } from '../kit/keys.ts';
import { type Item, type Plan, refuse } from '../kit/plan.ts';
import { type Desired, isOfService, isOfUser, kindOf, kinds, type What, whats } from './desired.ts';
import { provisioningFinished, provisioningResumed } from './events.ts';
import { notFailed, notHanging } from './problems.ts';
import { describeStep, type Step, step as stepShape, stepsFor } from './rules.ts';

export const hangsAfterMs = 30 * 60_000;
// The queue brings a request's event once more than a step may fail: the last failure is recorded.
const mostAttempts = { passing: mostTries - 1, lasting: 2 };
const longestLog = 20;
const keptSeconds = 90 * 24 * 3600;

export const requestStatus = z.enum([
  'NotProvisioned',
  'Requested',
  'InProgress',
  'Provisioned',
  'Failed',
  'Pending',
]);

const stepProgress = z.strictObject({
  name: z.string(),
  state: z.enum(['WAITING', 'DONE', 'FAILED', 'SKIPPED']),
  attempts: z.int(),
  log: z.array(z.strictObject({ at: z.string(), message: z.string() })).describe('Oldest first, the last 20'),
});

const summary = z.strictObject({
  id: z.string().describe('`prq_…`'),
  kind: z.enum(kinds),
  customerId: z.string(),
  userId: z.string().nullable(),
  serviceCode: z.string().nullable(),
  status: requestStatus.describe('`Provisioned`: done, whatever was asked for; `Failed`: see the log, retry'),
  directory: z
    .enum(directoryKinds)
    .describe('`LDAP`: a real directory; `TABLE`: none is configured, objects are kept here'),
  stepsDone: z.int(),
  stepsTotal: z.int(),
  createdAt: z.string(),
  touchedAt: z.string().describe('When a step last succeeded or failed'),
  finishedAt: z.string().nullable(),
});

/** What callers see of a request in lists, and alone. */
export const requestSummary = summary;
export const requestView = summary.extend({
  steps: z.array(stepProgress),
  sealedPassword: z
    .string()
    .nullable()
    .describe('A new password for whoever holds the private key: RSA-OAEP with SHA-256, base64'),
});
export type RequestView = z.infer<typeof requestView>;

/** What of the tree a request is drawn from, each time it runs. */
const wish = z.strictObject({
  version: z.int(),
  code: z.string().nullable(),
  // An id is all that is kept of a user: what they are called is looked up.
  user: z.object({ id: z.string(), version: z.int() }).nullable(),
  serviceCode: z.string().nullable(),
  parentId: z.string().nullable(),
});
export type Wish = z.infer<typeof wish>;

const stored = summary.omit({ kind: true, stepsDone: true, stepsTotal: true }).extend({
  what: z.enum(whats),
  asOf: z.int(),
  path: z.array(z.string()),
  sealedPassword: z.string().nullable().default(null),
  wish: wish.nullable().default(null),
  steps: z.array(stepProgress.extend({ step: stepShape })),
  version: z.int(),
});
export type Request = z.infer<typeof stored>;

export const toRequest = (item: Readonly<Record<string, unknown>>): Request => stored.strip().parse(item);

export function requestItem(request: Request): Item & { version: number } {
  const key = provisioningRequestKey(request.customerId, request.id);
  const { finishedAt } = request;
  // Its steps name people, and it may carry a sealed password: neither stays for good.
  const ends =
    finishedAt === null ? {} : { expiresAt: Math.floor(Date.parse(finishedAt) / 1000) + keptSeconds };
  return { ...key, kind: 'provisioningRequest', ...request, ...ends };
}

export function viewRequest({
  what,
  asOf: _,
  path: __,
  version: ___,
  wish: ____,
  steps,
  ...rest
}: Request): RequestView {
  return {
    ...rest,
    kind: kindOf(what),
    stepsDone: steps.filter(({ state }) => state === 'DONE' || state === 'SKIPPED').length,
    stepsTotal: steps.length,
    steps: steps.map(({ step: _____, ...shown }) => shown),
  };
}

export function summarize(request: Request): z.infer<typeof summary> {
  const { steps: _, sealedPassword: __, ...rest } = viewRequest(request);
  return rest;
}

/** A request as its event asks for it; nothing is done yet. */
export function openRequest(
  asked: { customerId: string; what: What; desired: Desired; wish?: Wish; steps?: readonly Step[] },
  made: { id: string; at: string; platformId: string; directory: Request['directory'] },
): Request {
  const { customerId, what, desired, wish = null, steps = stepsFor(customerId, what, desired) } = asked;
  const user = isOfUser(what) ? desired.users[0] : undefined;
  return {
    id: made.id,
    what,
    customerId,
    userId: user?.id ?? null,
    serviceCode: (isOfService(what) && desired.services.at(-1)) || null,
    asOf: wish?.user?.version ?? user?.version ?? desired.version,
    status: 'Requested',
    directory: made.directory,
    path: [made.platformId, ...desired.parents.map(({ id }) => id), customerId],
    steps: steps.map((one) => waiting(one)),
    createdAt: made.at,
    touchedAt: made.at,
    finishedAt: null,
    sealedPassword: null,
    wish,
    version: 1,
  };
}

function waiting(one: Step): Request['steps'][number] {
  return { name: describeStep(one), state: 'WAITING', attempts: 0, log: [], step: one };
}

/** How a try of a step has ended. `next`: it has got on, and goes on as this. */
export interface Outcome {
  readonly done: boolean;
  readonly message: string;
  readonly at: string;
  readonly lasting?: boolean;
  readonly next?: Step | undefined;
  readonly sealed?: string | undefined;
}

/** The request after its first waiting step was tried. It fails with a step's fifth failure, where only a person can end it with the second. */
export function recordStep(request: Request, outcome: Outcome): Request {
  const { done, message, at, lasting = false, next, sealed } = outcome;
  const most = lasting ? mostAttempts.lasting : mostAttempts.passing;
  const index = request.steps.findIndex(({ state }) => state === 'WAITING');
  const steps = request.steps.map((one, place) => {
    if (place !== index) return one;
    const log = [...one.log, { at, message: message.slice(0, 300) }].slice(-longestLog);
    if (next) return { ...one, attempts: 0, log, step: next };
    const attempts = one.attempts + 1;
    const state = done ? 'DONE' : attempts >= most ? 'FAILED' : 'WAITING';
    return { ...one, attempts, state, log } as const;
  });
  const failed = steps.some(({ state }) => state === 'FAILED');
  const left = steps.some(({ state }) => state === 'WAITING');
  const status = failed ? 'Failed' : left ? 'InProgress' : 'Provisioned';
  const sealedPassword = sealed ?? request.sealedPassword;
  return touched({ ...request, sealedPassword }, { steps, status, at });
}

/** The request when what its step under way goes by has changed: that is done for all users again. */
export function rewind(request: Request): Request {
  const index = request.steps.findIndex(({ state }) => state === 'WAITING');
  const steps = request.steps.map((one, place) => {
    if (place !== index || (one.step.do !== 'switchUsers' && one.step.do !== 'align')) return one;
    const { after: _, ...step } = one.step;
    return { ...one, step };
  });
  return { ...request, steps };
}

/** The request when a later change has overtaken it: nothing of it is done any more. */
export function supersede(request: Request, at: string): Request {
  const log = [{ at, message: 'A later change has overtaken this one' }];
  const steps = request.steps.map((one) =>
    one.state === 'WAITING' ? { ...one, state: 'SKIPPED' as const, log } : one,
  );
  return touched(request, { steps, status: 'Provisioned', at });
}

function touched(
  request: Request,
  { steps, status, at }: Pick<Request, 'steps' | 'status'> & { at: string },
): Request {
  const finishedAt = status === 'InProgress' || status === 'Requested' ? null : at;
  return { ...request, steps, status, touchedAt: at, finishedAt, version: request.version + 1 };
}

const undoing: readonly What[] = [
  'deprovision',
  'delete',
  'service_deprovision',
  'user_deprovision',
  'user_delete',
];

/** Stores a request's progress; its end stands in the audit and is announced. */
export function progress(before: Request, after: Request): Plan {
  const write = { do: 'replace' as const, version: before.version, item: requestItem(after) };
  if (after.finishedAt === null) return { writes: [write], reply: {} };
  return { writes: [write], ...ending(after), reply: {} };
}

function ending(request: Request, reason?: string) {
  const { id, what, customerId, userId, serviceCode, asOf, status } = request;
  const reached = undoing.includes(what) ? 'NotProvisioned' : 'Provisioned';
  return {
    receipt: {
      action: 'provisioning.finish',
      subject: customerId,
      tenantId: customerId,
      after: { request: id, kind: kindOf(what), status },
      reason,
    },
    announcements: [
      announce(provisioningFinished, customerId, {
        customerId,
        requestId: id,
        what,
        status: status === 'Failed' ? 'Failed' : reached,
        version: asOf,
        userId,
        serviceCode,
      }),
    ],
  };
}

/** Asks for the rest of a request's steps. */
export function resumption(request: Pick<Request, 'customerId' | 'id'>) {
  return announce(provisioningResumed, request.customerId, { requestId: request.id });
}

/** Takes a failed request up again: what is done stays done, the rest has its attempts back. */
export function retryRequest(request: Request, at: string): Plan<RequestView> {
  if (request.status !== 'Failed') refuse(notFailed);
  const steps = request.steps.map((one) =>
    one.state === 'FAILED' ? { ...one, state: 'WAITING' as const, attempts: 0 } : one,
  );
  const after = touched(request, { steps, status: 'Requested', at });
  return changed(request, after, {
    receipt: {
      action: 'provisioning.retry',
      subject: request.id,
      before: { status: request.status },
      after: { status: after.status },
    },
    announcements: [resumption(after)],
  });
}

/** Gives up a request that stands still: it is failed, and can be retried. */
export function resetRequest(request: Request, at: string): Plan<RequestView> {
  const hangs = request.finishedAt === null && Date.parse(at) - Date.parse(request.touchedAt) > hangsAfterMs;
  if (!hangs) refuse(notHanging);
  const first = request.steps.findIndex(({ state }) => state === 'WAITING');
  const steps = request.steps.map((one, index) => {
    if (index !== first) return one;
    const log = [...one.log, { at, message: 'Stood still, and was reset' }].slice(-longestLog);
    return { ...one, state: 'FAILED' as const, log };
  });
  const after = touched(request, { steps, status: 'Failed', at });
  return changed(request, after, ending(after, 'reset'));
}

function changed(
  before: Request,
  after: Request,
  rest: Pick<Plan, 'receipt' | 'announcements'>,
): Plan<RequestView> {
  return {
    writes: [{ do: 'replace', version: before.version, item: requestItem(after) }],
    ...rest,
    reply: { body: viewRequest(after), version: after.version },
  };
}
