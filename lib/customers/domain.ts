import { digest } from '../kit/digest.ts';
import { uniqueKey } from '../kit/keys.ts';
import { refuse, type Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import type { Node } from '../kit/scope.ts';
import type { DomainOf } from './particulars.ts';
import { billingIdTaken, domainShared, domainTaken } from './problems.ts';

export const domainKey = (providerId: string, domain: string) =>
  uniqueKey(providerId, 'CUSTOMER_DOMAIN', digest('domain', domain));
export const billingKey = (providerId: string, billingId: string) =>
  uniqueKey(providerId, 'BILLING', digest('billing', billingId));

/** Who has a domain, and how many right below use it too. */
export interface Holder {
  readonly customerId: string;
  readonly sharers: number;
  readonly version: number;
}
export type Holders = Readonly<Record<string, Holder | undefined>>;

export const toHolder = (item: Readonly<Record<string, unknown>>): Holder => ({
  customerId: String(item.customerId),
  sharers: Number(item.sharers ?? 0),
  version: Number(item.version),
});

const taken = (index: number) =>
  new Problem(domainTaken, undefined, { errors: [{ pointer: `#/domains/${index}`, message: 'is taken' }] });

const held = (list: unknown, shared: boolean): string[] =>
  ((list ?? []) as readonly Partial<DomainOf>[]).flatMap((one) =>
    one.name !== undefined && one.shared === shared ? [one.name] : [],
  );

/** Domains that are the parent's. */
export const sharedOf = (domains: readonly DomainOf[]): string[] => held(domains, true);

/** Domains as they will be held: one of the parent’s is shared where that was asked for, others must be free. */
export function holdDomains(
  asked: readonly { name: string; primary: boolean }[],
  found: { holders: Holders; own?: string | undefined; parent: Node | undefined; share: boolean },
): DomainOf[] {
  const offered = found.share ? held(found.parent?.item.domains, false) : [];
  return asked.map(({ name, primary }, index) => {
    const holder = found.holders[name]?.customerId;
    if (holder === undefined || holder === found.own) return { name, primary, shared: false };
    if (holder !== found.parent?.id || !offered.includes(name)) throw taken(index);
    return { name, primary, shared: true };
  });
}

/** Takes what is new, counts in and out where it is shared, and gives back what is gone and nobody shares. */
export function exchangeDomains(
  providerId: string,
  owner: string,
  change: { before: readonly DomainOf[]; after: readonly DomainOf[]; holders?: Holders },
): Write[] {
  const { before, after, holders = {} } = change;
  const [own, shared] = [held(before, false), held(before, true)];
  const kept = (list: string[]) => (name: string) => !list.includes(name);
  const share = (name: string, sharers: 1 | -1): Write => ({
    do: 'adjust',
    key: domainKey(providerId, name),
    add: { sharers, version: 1 },
  });
  return [
    ...after.flatMap((one, index): Write[] => {
      const key = domainKey(providerId, one.name);
      if (one.shared) return shared.includes(one.name) ? [] : [share(one.name, 1)];
      if (own.includes(one.name)) return [];
      const item = { ...key, kind: 'unique', customerId: owner, sharers: 0, version: 1 };
      return [{ do: 'create', item, taken: taken(index) }];
    }),
    ...shared.filter(kept(held(after, true))).map((name) => share(name, -1)),
    ...own.filter(kept(held(after, false))).map((name) => giveBack(providerId, name, holders[name])),
  ];
}

function giveBack(providerId: string, domain: string, holder: Holder | undefined): Write {
  const key = domainKey(providerId, domain);
  if (!holder) return { do: 'remove', key };
  if (holder.sharers > 0) refuse(domainShared, undefined, { domain, sharers: holder.sharers });
  return { do: 'remove', key, version: holder.version };
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
