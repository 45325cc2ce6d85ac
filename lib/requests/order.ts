import * as z from 'zod';
import { asksApproval, type CatalogItem, type Published, toItem as toCatalogItem } from '../catalog/item.ts';
import { priceOf, pricingOf, type UnitPrice } from '../catalog/price.ts';
import { type Shelf, toShelf } from '../catalog/shelf.ts';
import { offered } from '../catalog/shop.ts';
import { debit, type Ledger, mostCredits } from '../credits/ledger.ts';
import { toEndUser } from '../kit/end-user.ts';
import { type Announcement, announce } from '../kit/event.ts';
import type { Kind } from '../kit/id.ts';
import { outSince } from '../kit/in-service.ts';
import { assignmentKey, catalogKey } from '../kit/keys.ts';
import { type Plan, refuse, type Write } from '../kit/plan.ts';
import { malformed, Problem } from '../kit/problem.ts';
import { providerOf, type Scope } from '../kit/scope.ts';
import { id, whole } from '../kit/text.ts';
import { givenAnswers, requireAnswers } from './answers.ts';
import { booked } from './booking.ts';
import { countOpened } from './counter.ts';
import { approvalWaiting, requestSubmitted } from './events.ts';
import { customerOut, forAnother, notEntitled, priceTooHigh, quantityOutOfRange } from './problems.ts';
import { type FrozenPrice, type ServiceRequest, toItem, totalOf } from './request.ts';

export const newRequest = z.strictObject({
  itemId: id('catalogItem'),
  quantity: whole(1, 1000).default(1),
  parts: z
    .array(z.strictObject({ itemId: id('catalogItem'), quantity: whole(0, 1000) }))
    .max(20)
    .refine((all) => new Set(all.map(({ itemId }) => itemId)).size === all.length, 'names a part twice')
    .default([])
    .describe('How many of each part of one bundle; the least where a part is not named'),
  answers: givenAnswers.default({}).describe('To the fields of the item’s form, by their keys'),
  personId: id('person').optional().describe('May only be yourself'),
});
export type NewRequest = z.output<typeof newRequest>;

type Stored = Readonly<Record<string, unknown>> | undefined;

/** What a request is decided from. */
export interface Standing {
  readonly assignment: Stored;
  readonly item: Stored;
  /** Versions of the customer's assignments of the parts of a bundle, by id. */
  readonly parts: ReadonlyMap<string, number>;
  readonly system: Stored;
  readonly count: Stored;
  readonly ledger: Ledger;
}

export interface Submission {
  readonly scope: Scope;
  readonly now: string;
  readonly newId: (kind: Kind) => string;
  /** Of the call: what its events are traced by. */
  readonly requestId: string;
}

interface Offer {
  readonly shelf: Shelf;
  readonly item: CatalogItem;
  readonly shown: Published & { readonly type: 'SERVICE' | 'BUNDLE' };
}

/** What the caller may request: assigned, entitled and published; all that is not looks the same. */
function orderable({ assignment, item, parts }: Standing, { scope }: Submission): Offer {
  const caller = toEndUser(scope.caller ?? {}, scope.home.id);
  const shelf = assignment && toShelf(assignment);
  const found = item && toCatalogItem(item);
  const shown = offered(caller, shelf, { item: found, owned: parts })?.published;
  if (!shelf || !found || !shown || shown.type === 'BANNER') refuse(notEntitled);
  return { shelf, item: found, shown: { ...shown, type: shown.type } };
}

/**
 * An end user requests an item: price frozen and debited, in one transaction that holds only while item and assignment
 * are as they were seen.
 */
export function submit(standing: Standing, command: NewRequest, by: Submission): Plan<ServiceRequest> {
  const { scope, now, newId, requestId: traceId } = by;
  const { id: personId } = scope.actor;
  const customerId = scope.home.id;
  const providerId = providerOf(scope.home);
  if (command.personId !== undefined && command.personId !== personId) refuse(forAnother);
  if (outSince(scope.home.item) !== undefined) refuse(customerOut);
  const { shelf, item, shown } = orderable(standing, by);
  const { quantity } = command;
  requireRange('#/quantity', quantity, shown.quantity);
  const parts = chosen(shown, command.parts);
  const answers = requireAnswers(shown.fields, command.answers);
  const quantities = Object.fromEntries(parts.map((one) => [one.itemId, one.quantity]));
  const waits = asksApproval(shown, quantities);
  const price = frozen(priceOf(shown, pricingOf(standing.system), quantities), quantity);
  const made = newId('request');
  const taken =
    price.unit === 'CREDITS'
      ? debit(
          standing.ledger,
          { amount: price.total, requestId: made, serviceId: item.id, personId },
          { actor: scope.actor, now },
        )
      : undefined;
  const request = {
    id: made,
    customerId,
    itemId: item.id,
    type: shown.type,
    name: shown.name,
    revision: shown.revision,
    quantity,
    parts,
    answers: { ...answers },
    personId,
    submittedAt: now,
    price,
    debitEntryId: taken?.reply.body?.entryId ?? null,
    refundEntryId: null,
    approvedBy: null,
    changedAt: now,
    comment: null,
    state: waits ? ('WAITING_APPROVAL' as const) : ('INITIATED_PLANNING' as const),
  };
  const money = taken ? booked(taken, { path: scope.home.path, newId, traceId }) : [];
  const bound: Write[] = [
    { do: 'check', key: assignmentKey(customerId, item.id), version: shelf.version },
    { do: 'check', key: catalogKey(providerId, item.id), version: item.version },
    ...boundParts(customerId, parts, standing.parts),
  ];
  const { state } = request;
  const said = { itemId: item.id, quantity, state, unit: price.unit, total: totalOf(price) };
  return {
    writes: [
      { do: 'create', item: toItem(providerId, request, 1) },
      ...countOpened(scope.home, standing.count !== undefined),
      ...bound,
      ...money,
    ],
    receipt: {
      action: 'requests.submit',
      subject: made,
      after: { ...said, debitEntryId: request.debitEntryId },
    },
    announcements: [
      announce(requestSubmitted, made, { requestId: made, personId, ...said }),
      ...(waits ? [waiting(request)] : []),
    ],
    reply: { body: request, version: 1, location: `/v1/requests/${made}` },
  };
}

/** Binds to the assignment of every part that is taken; what the customer does not have cannot be. */
function boundParts(customerId: string, parts: ServiceRequest['parts'], owned: Standing['parts']): Write[] {
  return parts
    .filter(({ quantity }) => quantity > 0)
    .map(({ itemId }) => {
      const version = owned.get(itemId) ?? refuse(notEntitled);
      return { do: 'check', key: assignmentKey(customerId, itemId), version };
    });
}

function waiting({ id: requestId, itemId, personId, name, quantity, price }: ServiceRequest): Announcement {
  const currency = price.unit === 'CURRENCY' ? price.currency : null;
  const cost = { unit: price.unit, total: totalOf(price), currency };
  return announce(approvalWaiting, requestId, { requestId, itemId, personId, name, quantity, ...cost });
}

function requireRange(pointer: string, quantity: number, { min, max }: { min: number; max: number }): void {
  if (quantity < min || quantity > max) refuse(quantityOutOfRange, undefined, { pointer, min, max });
}

/** How many of each part one bundle has. */
function chosen(shown: Offer['shown'], given: NewRequest['parts']): ServiceRequest['parts'] {
  const held = shown.type === 'BUNDLE' ? shown.parts : [];
  const errors = given.flatMap(({ itemId }, index) =>
    held.some((one) => one.itemId === itemId)
      ? []
      : [{ pointer: `#/parts/${index}/itemId`, message: 'is no part of this item' }],
  );
  if (errors.length > 0) throw new Problem(malformed, undefined, { errors });
  return held.map(({ itemId, name, min, max }) => {
    const index = given.findIndex((one) => one.itemId === itemId);
    const quantity = given[index]?.quantity ?? min;
    requireRange(`#/parts/${index}/quantity`, quantity, { min, max });
    return { itemId, name, quantity };
  });
}

/** A price as it stays with the request, whatever becomes of the item's. */
function frozen(price: UnitPrice, quantity: number): FrozenPrice {
  if (price.unit === 'FREE') return price;
  const total = price.amount * quantity;
  if (total > mostCredits) refuse(priceTooHigh);
  return { ...price, total };
}
