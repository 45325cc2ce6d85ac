import * as z from 'zod';
import { crossing } from '../kit/band.ts';
import { event } from '../kit/event.ts';

const productId = z.string();
const licenceKind = z.enum(['TRIAL', 'SUBSCRIPTION', 'MSP']);
const exampleProduct = 'prd_00000000000000000000000000';

const ofSeats = crossing.extend({
  productId,
  used: z.number().describe('Seats taken'),
  limit: z.number().describe('Seats of all running licences'),
});
const at80 = {
  meter: `SEATS.${exampleProduct}`,
  productId: exampleProduct,
  value: 80,
  limit: 100,
  used: 80,
  thresholds: [{ id: '80', at: 80 }],
};

export const seatThreshold = event({
  type: 'licensing.seat_threshold.v1',
  summary: 'Seats of a product taken at a customer reached one or several thresholds; subject: the customer',
  data: ofSeats,
  example: at80,
});

export const seatRecovered = event({
  type: 'licensing.seat_recovered.v1',
  summary: 'Seats taken fell back below thresholds that had fired; subject: the customer',
  data: ofSeats,
  example: { ...at80, used: 75, value: 75 },
});

export const seatsOverDeployed = event({
  type: 'licensing.seats_over_deployed.v1',
  summary:
    'More seats are taken at a customer than its running licences have, or no longer; subject: the customer',
  data: z.strictObject({
    productId,
    used: z.number(),
    limit: z.number(),
    since: z.string().nullable().describe('null: it is over'),
    metered: z.boolean().describe('An MSP licence runs: what is beyond the seats is allowed and metered'),
    reminder: z.number().describe('0 the first time, then counted every seven days'),
  }),
  example: {
    productId: exampleProduct,
    used: 12,
    limit: 10,
    since: '2026-01-01T00:00:00.000Z',
    metered: false,
    reminder: 0,
  },
});

const ending = {
  subscriptionId: z.string(),
  productId,
  kind: licenceKind,
  seats: z.number(),
  endsAt: z.string(),
};
const exampleEnding = {
  subscriptionId: 'sub_00000000000000000000000000',
  productId: exampleProduct,
  kind: 'TRIAL' as const,
  seats: 25,
  endsAt: '2026-01-31T23:00:00.000Z',
};

export const subscriptionExpiring = event({
  type: 'licensing.subscription_expiring.v1',
  summary: 'A licence ends within 30, 7 or 1 days; subject: the customer',
  data: z.strictObject({ ...ending, withinDays: z.union([z.literal(30), z.literal(7), z.literal(1)]) }),
  example: { ...exampleEnding, withinDays: 7 as const },
});

export const subscriptionExpired = event({
  type: 'licensing.subscription_expired.v1',
  summary: 'A licence has ended: its seats count no more; subject: the customer',
  data: z.strictObject(ending),
  example: exampleEnding,
});

export const subscriptionChanged = event({
  type: 'licensing.subscription_changed.v1',
  summary: 'A licence of a customer was added, renewed or removed; subject: the customer',
  data: z.strictObject({
    ...ending,
    endsAt: z.string().nullable().describe('null: it runs until it is removed'),
    change: z.enum(['ADDED', 'RENEWED', 'CHANGED', 'REMOVED']),
  }),
  example: { ...exampleEnding, change: 'ADDED' as const },
});

export const seatsMetered = event({
  type: 'licensing.seats_metered.v1',
  summary: 'A month in which a customer ran on the partner’s MSP licence is over; subject: the customer',
  data: z.strictObject({
    productId,
    month: z.string().describe('`YYYY-MM`, UTC'),
    peak: z.number().describe('Most seats taken at once'),
    mspSeats: z.number().describe('Most seats taken at once beyond the customer’s own licences'),
    overage: z.number().describe('Most seats taken at once beyond all licences'),
  }),
  example: { productId: exampleProduct, month: '2026-01', peak: 40, mspSeats: 30, overage: 5 },
});
