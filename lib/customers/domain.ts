import { digest } from '../kit/digest.ts';
import { uniqueKey } from '../kit/keys.ts';
import type { Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import type { DomainOf } from './particulars.ts';
import { billingIdTaken, domainTaken } from './problems.ts';

export const domainKey = (providerId: string, domain: string) =>
  uniqueKey(providerId, 'CUSTOMER_DOMAIN', digest('domain', domain));
export const billingKey = (providerId: string, billingId: string) =>
  uniqueKey(providerId, 'BILLING', digest('billing', billingId));

/** Who has a domain: customers by domain name. */
export type Holders = Readonly<Record<string, string | undefined>>;

const taken = (index: number) =>
  new Problem(domainTaken, undefined, { errors: [{ pointer: `#/domains/${index}`, message: 'is taken' }] });

/** Domains as they will be held: one of the parent’s is shared where that was asked for, others must be free. */
export function holdDomains(
  asked: readonly { name: string; primary: boolean }[],
  found: { holders: Holders; own?: string | undefined; parentId: string; share: boolean },
): DomainOf[] {
  return asked.map(({ name, primary }, index) => {
    const holder = found.holders[name];
    if (holder === undefined || holder === found.own) return { name, primary, shared: false };
    if (!found.share || holder !== found.parentId) throw taken(index);
    return { name, primary, shared: true };
  });
}

/** Takes what is new, binds to what is shared, and gives back what is gone. */
export function exchangeDomains(
  providerId: string,
  owner: string,
  change: { before: readonly DomainOf[]; after: readonly DomainOf[] },
): Write[] {
  const own = (list: readonly DomainOf[]) => list.filter(({ shared }) => !shared).map(({ name }) => name);
  const [before, after] = [own(change.before), own(change.after)];
  return [
    ...change.after.flatMap(({ name, shared }, index): Write[] => {
      const key = domainKey(providerId, name);
      if (shared) return [{ do: 'check', key, version: 1 }];
      if (before.includes(name)) return [];
      const item = { ...key, kind: 'unique', customerId: owner, version: 1 };
      return [{ do: 'create', item, taken: taken(index) }];
    }),
    ...before
      .filter((name) => !after.includes(name))
      .map((name): Write => ({ do: 'remove', key: domainKey(providerId, name) })),
  ];
}

/** Takes a billing id and gives the one before back. */
export function exchangeBillingId(
  providerId: string,
  owner: string,
  change: { before: string | null; after: string | null },
): Write[] {
  if (change.before === change.after) return [];
  const errors = [{ pointer: '#/billingId', message: 'is taken' }];
  return [
    ...(change.after === null
      ? []
      : [
          {
            do: 'create',
            item: { ...billingKey(providerId, change.after), kind: 'unique', customerId: owner },
            taken: new Problem(billingIdTaken, undefined, { errors }),
          } satisfies Write,
        ]),
    ...(change.before === null
      ? []
      : [{ do: 'remove', key: billingKey(providerId, change.before) } satisfies Write]),
  ];
}
