import * as z from 'zod';
import { line, whole } from '../kit/text.ts';

const most = 1_000_000_000;

const adjustment = z.strictObject({ name: line(60), amount: whole(-most, most) });

/** A price as it is given: a base, and what raises or lowers it. In credits, or in minor units of the currency. */
export const price = z
  .strictObject({
    base: whole(0, most),
    adjustments: z.array(adjustment).max(10).default([]).describe('Offsets raise, rebates lower'),
  })
  .superRefine(({ base, adjustments }, context) => {
    const sum = adjustments.reduce((all, { amount }) => all + amount, base);
    if (sum < 0 || sum > most) {
      context.addIssue({ code: 'custom', path: ['base'], message: `must sum up to 0 to ${most}` });
    }
  });

/** A price as stored: it counts while the pricing system is the one that it was given in. */
export const storedPrice = z.object({
  base: z.number(),
  adjustments: z.array(z.object({ name: z.string(), amount: z.number() })),
  amount: z.number(),
  epoch: z.number(),
});
export type StoredPrice = z.infer<typeof storedPrice>;

/** The provider's pricing system. Each switch begins another epoch: prices of the ones before are lost. */
export interface Pricing {
  readonly credits: boolean;
  readonly epoch: number;
  readonly switchedAt: string | null;
}

/** One currency per installation. Source: domain.md §1.4.2. */
export const currency = 'USD';

/** The stored switch of the credit system as a pricing system; currency before it was ever used. */
export function pricingOf(system: Readonly<Record<string, unknown>> | undefined): Pricing {
  return {
    credits: system?.enabled === true,
    epoch: Number(system?.version ?? 0),
    switchedAt: system ? String(system.switchedAt) : null,
  };
}

export const toPrice = (given: z.output<typeof price>, { epoch }: Pricing): StoredPrice => ({
  ...given,
  amount: given.adjustments.reduce((all, { amount }) => all + amount, given.base),
  epoch,
});

/** What one unit costs. */
export const unitPrice = z.discriminatedUnion('unit', [
  z.strictObject({
    unit: z.literal('FREE'),
    label: z.string().nullable().describe('Null: nothing is shown'),
  }),
  z.strictObject({ unit: z.literal('CREDITS'), amount: z.int() }),
  z.strictObject({
    unit: z.literal('CURRENCY'),
    amount: z.int().describe('In minor units'),
    currency: z.string(),
  }),
]);
export type UnitPrice = z.infer<typeof unitPrice>;

/** What a price hangs on: of a service its own, of a bundle those of its parts. */
export interface Priced {
  readonly type: string;
  readonly price: StoredPrice | null;
  readonly freeLabel: string | null;
  readonly parts: readonly {
    readonly itemId: string;
    readonly min: number;
    readonly price: StoredPrice | null;
  }[];
}

/**
 * What one unit costs now. A price of another epoch is lost. A bundle costs the sum of its parts, each as often as
 * `quantities` says, or else at least; one of free parts alone is `Free`, whatever it says itself.
 */
export function priceOf(
  published: Priced,
  pricing: Pricing,
  quantities: Readonly<Record<string, number>> = {},
): UnitPrice {
  const counting = (given: StoredPrice | null) => (given?.epoch === pricing.epoch ? given.amount : 0);
  const bundle = published.type === 'BUNDLE';
  const amount = bundle
    ? published.parts.reduce((all, one) => all + (quantities[one.itemId] ?? one.min) * counting(one.price), 0)
    : counting(published.price);
  if (amount === 0) return { unit: 'FREE', label: bundle ? 'Free' : published.freeLabel };
  return pricing.credits ? { unit: 'CREDITS', amount } : { unit: 'CURRENCY', amount, currency };
}
