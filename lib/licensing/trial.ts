import { digest } from '../kit/digest.ts';
import { trialKey, uniqueKey } from '../kit/keys.ts';
import type { Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import type { KnownBy } from './known-by.ts';
import { trialHad } from './problems.ts';

/** A trial that is given. */
export interface Trial {
  readonly productId: string;
  readonly subscriptionId: string;
}

/** That a customer has had its trial of a product, for ever. */
export const trialWrite = (customerId: string, { productId, subscriptionId }: Trial): Write => ({
  do: 'create',
  item: { ...trialKey(customerId, productId), kind: 'trial', subscriptionId },
  taken: new Problem(trialHad),
});

/**
 * Marks trials at the provider by all that the customer is known by, for ever, and refuses where one has been had by
 * whoever is known so: by the same, by a domain above one of its own, or by a domain below. One write for each name,
 * however many products: `<product>` says who had its trial, `below <product>` that a domain below had.
 */
export function trialMarks(
  providerId: string,
  { own, above }: KnownBy,
  trials: readonly [Trial, ...Trial[]],
): Write[] {
  const below = (productId: string) => `below ${productId}`;
  const mark = (
    name: string,
    said: (trial: Trial) => readonly [string, string],
    unsaid: (productId: string) => readonly string[],
  ): Write => ({
    do: 'amend',
    orNew: true,
    key: uniqueKey(providerId, 'TRIAL', digest('trial', name)),
    set: { kind: 'trialMark', ...Object.fromEntries(trials.map(said)) },
    where: Object.fromEntries(
      trials.flatMap(({ productId }) => unsaid(productId).map((one) => [one, null] as const)),
    ),
    short: new Problem(trialHad),
  });
  return [
    ...own.map((name) =>
      mark(
        name,
        ({ productId, subscriptionId }) => [productId, subscriptionId],
        (productId) => [productId, below(productId)],
      ),
    ),
    ...above.map((name) =>
      mark(
        name,
        ({ productId, subscriptionId }) => [below(productId), subscriptionId],
        (productId) => [productId],
      ),
    ),
  ];
}
