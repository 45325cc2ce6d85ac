import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { type Plan, refuse, type Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import type { Node } from '../kit/scope.ts';
import { id } from '../kit/text.ts';
import { customerUnchanged } from './account.ts';
import { begun, type Grant } from './grant.ts';
import type { KnownBy } from './known-by.ts';
import { keyPattern, type LicenceKey, mustRedeem, redeemWrite } from './licence-key.ts';
import { mspHeld, mspNotOffered, productRetired, productUnknown, tooManySubscriptions } from './problems.ts';
import { type Product, seats } from './product.ts';
import { mustBeCustomers, type Partner, purchaser } from './purchaser.ts';
import { subscriptionChanged } from './seat-events.ts';
import { type SeatMeter, type SeatTurn, turnSeats } from './seat-meter.ts';
import {
  addedWrite,
  auditable,
  type Subscription,
  type SubscriptionView,
  viewSubscription,
} from './subscription.ts';
import { endsOn, type Term, termAsked, termDays, termFrom } from './term.ts';
import { trialMarks, trialWrite } from './trial.ts';

/** Running licences of one product that a customer may have. */
export const mostRunning = 20;

const productId = id('product');
export const licenceKeyText = z.string().max(200).regex(keyPattern, 'must be a licence key');
const oneTerm = (one: { termDays?: unknown; endsOn?: unknown }) =>
  (one.termDays === undefined) !== (one.endsOn === undefined);
const oneTermSaid = { path: ['termDays'], message: 'or `endsOn` is needed, not both' };

export const purchase = z
  .strictObject({
    source: z.literal('PURCHASE'),
    productId,
    seats,
    termDays: termDays.optional(),
    endsOn: endsOn.optional(),
    purchaser,
  })
  .refine(oneTerm, oneTermSaid);

export const renewedPurchase = z
  .strictObject({
    source: z.literal('PURCHASE'),
    seats: seats.optional().describe('As they are where absent; they count from now on'),
    termDays: termDays.optional(),
    endsOn: endsOn.optional(),
    purchaser,
  })
  .refine(oneTerm, oneTermSaid);

export const applied = z.strictObject({ source: z.literal('LICENCE_KEY'), licenceKey: licenceKeyText });

/** Where a licence comes from decides its kind. */
export const newSubscription = z.discriminatedUnion('source', [
  z.strictObject({ source: z.literal('TRIAL'), productId }),
  purchase,
  applied,
  z.strictObject({ source: z.literal('MSP'), productId, seats }),
]);
export type NewSubscription = z.output<typeof newSubscription>;

/** What a licence is given from. */
export interface Ground {
  readonly customerId: string;
  readonly providerId: string;
  /** The customer as it was seen below who gives: it may have left meanwhile. */
  readonly customer?: Pick<Node, 'version'>;
  readonly timeZone: string;
  readonly knownBy: KnownBy;
  readonly product: Product | undefined;
  readonly meter: SeatMeter;
  readonly licenceKey: LicenceKey | undefined;
  /** Read for a purchase alone. */
  readonly partner: Partner;
}

type Given = Pick<Subscription, 'kind' | 'seats' | 'purchaser' | 'licenceKeyId'> & {
  readonly term: Term | undefined;
  readonly writes: readonly Write[];
};

/** Gives a customer a licence of a product; its seats count at once. */
export function subscribe(
  ground: Ground,
  command: NewSubscription,
  made: { id: string; now: string },
): Plan<SubscriptionView> {
  const { customerId, timeZone, meter } = ground;
  const product = mustBeGiven(
    ground.product,
    command.source === 'LICENCE_KEY' ? '#/licenceKey' : '#/productId',
  );
  const { term, writes, ...given } = givenBy(ground, product, command, made);
  const added: Subscription = {
    id: made.id,
    productId: product.id,
    ...given,
    startsAt: made.now,
    lastDay: term?.lastDay ?? null,
    endsAt: term?.endsAt ?? null,
    timeZone,
    renewals: 0,
    removedAt: null,
    createdAt: made.now,
    version: 1,
  };
  const grants = [...meter.grants, grantOf(added)];
  if (grants.length > mostRunning) refuse(tooManySubscriptions, undefined, { most: mostRunning });
  const turned = turnSeats(meter, { grants }, made.now);
  return {
    writes: [addedWrite(customerId, added), ...writes, ...turned.writes, ...customerUnchanged(ground)],
    receipt: {
      action: 'subscriptions.add',
      subject: added.id,
      after: { ...auditable(added), ...attestation(command) },
    },
    announcements: tellChange(customerId, added, 'ADDED', turned),
    reply: {
      body: viewSubscription(added, made.now),
      version: 1,
      location: `/v1/customers/${customerId}/subscriptions/${added.id}`,
    },
  };
}

function givenBy(
  ground: Ground,
  product: Product,
  command: NewSubscription,
  { id, now }: { id: string; now: string },
): Given {
  const { customerId, timeZone, meter } = ground;
  const nobody = { purchaser: null, licenceKeyId: null, writes: [] };
  switch (command.source) {
    case 'TRIAL': {
      return {
        ...nobody,
        kind: 'TRIAL',
        seats: product.trialSeats,
        term: termFrom(now, product.trialDays, timeZone),
        writes: [
          trialWrite(customerId, { productId: product.id, subscriptionId: id }),
          ...trialMarks(ground.providerId, ground.knownBy, [{ productId: product.id, subscriptionId: id }]),
        ],
      };
    }
    case 'PURCHASE': {
      const { company, email } = command.purchaser;
      mustBeCustomers(command.purchaser, ground.partner, '#/purchaser');
      const pointer = command.endsOn === undefined ? '#/termDays' : '#/endsOn';
      const term = termAsked(command, { now, timeZone, pointer });
      return { ...nobody, kind: 'SUBSCRIPTION', seats: command.seats, term, purchaser: { company, email } };
    }
    case 'LICENCE_KEY': {
      const key = mustRedeem(command.licenceKey, ground.licenceKey, { now, pointer: '#/licenceKey' });
      return {
        ...nobody,
        kind: 'SUBSCRIPTION',
        seats: key.seats,
        term: termFrom(now, key.days, timeZone),
        licenceKeyId: key.id,
        writes: [redeemWrite(ground.providerId, key, { customerId, subscriptionId: id })],
      };
    }
    case 'MSP': {
      if (!product.mspLicence) refuse(mspNotOffered);
      if (meter.grants.some(({ kind }) => kind === 'MSP')) refuse(mspHeld);
      return { ...nobody, kind: 'MSP', seats: command.seats, term: undefined };
    }
  }
}

/** The product of a licence that is to be given or renewed. */
export function mustBeGiven(product: Product | undefined, pointer: string): Product {
  if (!product)
    throw new Problem(productUnknown, undefined, { errors: [{ pointer, message: 'names no product' }] });
  if (product.state === 'RETIRED') refuse(productRetired);
  return product;
}

export const grantOf = ({ id, kind, seats, startsAt, endsAt }: Subscription): Grant =>
  begun({ id, kind, seats, from: startsAt, until: endsAt });

export const attestation = (command: object): Record<string, unknown> => {
  const { attested } = (command as { purchaser?: { attested: boolean } }).purchaser ?? {};
  return attested ? { contactAttested: true } : {};
};

export const tellChange = (
  customerId: string,
  { id: subscriptionId, productId, kind, seats, endsAt }: Subscription,
  change: 'ADDED' | 'RENEWED' | 'CHANGED' | 'REMOVED',
  turned: SeatTurn,
) => [
  announce(subscriptionChanged, customerId, { subscriptionId, productId, kind, seats, endsAt, change }),
  ...turned.announcements,
];
