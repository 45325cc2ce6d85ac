import * as z from 'zod';
import { ownerEntry, rootEntry, serviceRequestKey } from '../kit/keys.ts';
import type { Item } from '../kit/plan.ts';

/** States of a request. Source: domain.md §1.7. */
export const states = [
  'WAITING_APPROVAL',
  'INITIATED_PLANNING',
  'IN_PROGRESS',
  'PENDING',
  'COMPLETED',
  'CLOSED',
  'REJECTED',
  'CANCELLED',
  'FAILED',
] as const;
export const requestState = z.enum(states);
export type State = z.infer<typeof requestState>;

const moving = z.enum(['WAITING_APPROVAL', 'INITIATED_PLANNING', 'IN_PROGRESS']);
export type Moving = z.infer<typeof moving>;

/** What a request costs, frozen when it was made: `amount` each, `total` in all. */
export const frozenPrice = z.discriminatedUnion('unit', [
  z.strictObject({ unit: z.literal('FREE'), label: z.string().nullable() }),
  z.strictObject({ unit: z.literal('CREDITS'), amount: z.int(), total: z.int() }),
  z.strictObject({
    unit: z.literal('CURRENCY'),
    amount: z.int().describe('In minor units'),
    total: z.int(),
    currency: z.string(),
  }),
]);
export type FrozenPrice = z.infer<typeof frozenPrice>;
export const totalOf = (price: FrozenPrice): number => (price.unit === 'FREE' ? 0 : price.total);

const base = {
  id: z.string().describe('`req_…`'),
  customerId: z.string(),
  itemId: z.string(),
  type: z.enum(['SERVICE', 'BUNDLE']),
  name: z.string().describe('Of the item when it was requested'),
  revision: z.int().describe('Of the item: its form is what the answers belong to'),
  quantity: z.int(),
  parts: z
    .array(z.strictObject({ itemId: z.string(), name: z.string(), quantity: z.int() }))
    .describe('Of a bundle'),
  answers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  personId: z.string().describe('Who asked, for themselves'),
  submittedAt: z.string(),
  price: frozenPrice,
  debitEntryId: z.string().nullable().describe('Entry of the ledger that took the credits'),
  refundEntryId: z.string().nullable().describe('Entry of the ledger that gave them back with the end'),
  approvedBy: z.string().nullable(),
  changedAt: z.string(),
  comment: z.string().nullable().describe('Said with the last change: a reason, a question'),
};

export const serviceRequest = z.discriminatedUnion('state', [
  z.strictObject({ ...base, state: moving }),
  z.strictObject({
    ...base,
    state: z.literal('PENDING'),
    pending: z.enum(['APPROVAL', 'MORE_INFORMATION']),
    resumes: moving.describe('The state before'),
  }),
  z.strictObject({ ...base, state: z.literal('COMPLETED'), completedAt: z.string() }),
  z.strictObject({
    ...base,
    state: z.literal('CLOSED'),
    completedAt: z.string(),
    closedAt: z.string(),
    rating: z.int().nullable().describe('1 to 5, by the requester; null: closed by itself or unrated'),
  }),
  z.strictObject({ ...base, state: z.enum(['REJECTED', 'CANCELLED', 'FAILED']) }),
]);
export type ServiceRequest = z.infer<typeof serviceRequest>;
const common = z.object(base);
export type Common = z.infer<typeof common>;
/** What a request is in every state. */
export const commonOf = (request: ServiceRequest): Common => common.parse(request);

/** A request as it stands in the table. */
export interface Filed {
  readonly request: ServiceRequest;
  readonly version: number;
}

const keptDays = 15;
const dayMs = 24 * 3_600_000;

/** When a completed request is closed by itself. */
export const closesAt = (completedAt: string): string =>
  new Date(Date.parse(completedAt) + keptDays * dayMs).toISOString();

/** A request as it is at a moment: what was completed 15 days ago is closed, and nobody has to write that. */
export function asOf(request: ServiceRequest, now: string): ServiceRequest {
  if (request.state !== 'COMPLETED') return request;
  const closedAt = closesAt(request.completedAt);
  return closedAt > now ? request : { ...request, state: 'CLOSED', closedAt, rating: null };
}

/** What the entity tag is made of: closed by itself is another representation. */
export const tagOf = ({ request, version }: Filed, now: string): string | number =>
  asOf(request, now).state === request.state ? version : `${version}-closed`;

export function toItem(
  providerId: string,
  request: ServiceRequest,
  version: number,
): Item & { version: number } {
  const { id, customerId, personId, quantity, price, submittedAt } = request;
  const completedAt = 'completedAt' in request ? request.completedAt : null;
  return {
    ...serviceRequestKey(customerId, id),
    ...rootEntry(providerId, 'REQUEST', id),
    ...ownerEntry(customerId, 'REQUEST', personId, id),
    ...request,
    kind: 'request',
    at: submittedAt,
    subject: request.itemId,
    summary: { customerId, personId, quantity, unit: price.unit, total: totalOf(price), completedAt },
    version,
  };
}

type Stored = Readonly<Record<string, unknown>>;

export function toFiled(item: Stored): Filed {
  const { PK, SK, G1, S1, G2, S2, kind, at, subject, summary, version, ...rest } = item;
  return { request: serviceRequest.parse(rest), version: Number(version) };
}

/** What lists show. */
export const requestSummary = z.strictObject({
  id: base.id,
  customerId: base.customerId,
  itemId: base.itemId,
  type: base.type,
  name: base.name,
  personId: base.personId,
  state: requestState,
  quantity: base.quantity,
  unit: z.enum(['FREE', 'CREDITS', 'CURRENCY']),
  total: z.int().describe('Credits, or minor units of the currency'),
  submittedAt: base.submittedAt,
  completedAt: z.string().nullable(),
});
export type RequestSummary = z.infer<typeof requestSummary>;

/** A line of a list, from an index or from the whole item. */
export function summarize(
  { id, type, name, state, at, subject, summary }: Stored,
  now: string,
): RequestSummary {
  const line = requestSummary.parse({
    id,
    itemId: subject,
    type,
    name,
    state,
    submittedAt: at,
    ...(summary as object),
  });
  const over = line.state === 'COMPLETED' && line.completedAt !== null && closesAt(line.completedAt) <= now;
  return over ? { ...line, state: 'CLOSED' } : line;
}
