import * as z from 'zod';
import type { EndUser } from '../kit/end-user.ts';
import { outSince } from '../kit/in-service.ts';
import { placed } from '../kit/move.ts';
import { allows, reaching } from '../kit/permission.ts';
import { refuse } from '../kit/plan.ts';
import { malformed, notFound, Problem } from '../kit/problem.ts';
import { customerTypes, inScope, type Node, type Scope } from '../kit/scope.ts';
import { itemType } from './content.ts';
import { entitledBy } from './entitlement.ts';
import type { CatalogItem } from './item.ts';
import type { Marketplace } from './marketplace.ts';
import { matched, type Rules, reason } from './rules.ts';
import type { Shelf } from './shelf.ts';
import { neededParts, type Owned } from './shop.ts';
import type { Source } from './source.ts';

const because = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('MARKETPLACE'),
    marketplaceId: z.string(),
    name: z.string(),
    matched: reason.nullable().describe('Null while a change of its people is still on its way'),
  }),
  z.strictObject({ by: z.literal('FULL_VIEW') }),
]);

/** What a person may see of what is assigned to the customer, and why. */
export const explained = z.strictObject({
  itemId: z.string(),
  type: itemType,
  name: z.string(),
  sees: z
    .boolean()
    .describe(
      'Entitled, and published; a bundle with all parts that it needs; nothing while the customer is deprovisioned',
    ),
  published: z.boolean(),
  restricted: z.boolean().describe('On the restricted list: full view does not open it'),
  because: z.array(because).describe('Everything that entitles; empty: nothing does'),
});

export const entitlements = z.strictObject({
  personId: z.string(),
  customerId: z.string(),
  enrolled: z.boolean().describe('False: no end user (yet), so nothing is seen'),
  signsIn: z.boolean().describe('False: the address signs in elsewhere as an end user'),
  items: z.array(explained).describe('At most `limit` of what is assigned to the customer'),
  nextCursor: z.string().nullable().describe('Send as `cursor` for the next page; null at the end'),
});

/** What a person's entitlements are explained from. */
export interface Case {
  readonly node: Node | undefined;
  readonly row: EndUser | undefined;
  readonly source: Source | undefined;
  readonly shelves: readonly Shelf[];
  readonly items: readonly (CatalogItem | undefined)[];
  /** What the customer has of the parts that bundles need. */
  readonly owned: Owned;
  /** `rules` are undefined where a dynamic group that counts cannot be told. */
  readonly marketplaces: readonly (Pick<Marketplace, 'id' | 'name' | 'number'> & {
    readonly rules: Rules | undefined;
  })[];
  readonly next: string | null;
}

/** The customer that a caller asks about: the own one, or one below. What the caller may not know of does not exist. */
export function askedCustomer(scope: Scope, node: Node | undefined, given: boolean): Node {
  const { home, move, roles } = scope;
  if (!given && !customerTypes.includes(home.type)) {
    const errors = [{ pointer: '#/query/customerId', message: 'is required from above' }];
    throw new Problem(malformed, undefined, { errors });
  }
  const asked = node && { ...node, path: placed(node.path, move) };
  if (!asked || !inScope(home, asked) || !customerTypes.includes(asked.type)) refuse(notFound);
  if (!allows(asked.id === home.id ? roles : reaching(roles), 'entitlements.read')) refuse(notFound);
  return asked;
}

/** One page of the explanation. */
export function explain(found: Case): z.input<typeof explained>[] {
  const byNumber = new Map(found.marketplaces.map((one) => [one.number, one]));
  const out = found.node !== undefined && outSince(found.node.item) !== undefined;
  return found.shelves.map((shelf, index) => {
    const entitlement = found.row && entitledBy(found.row, shelf);
    const published = Boolean(found.items[index]?.published);
    const whole = neededParts(found.items[index]).every((one) => found.owned.has(one));
    const given = (entitlement?.marketplaces ?? []).flatMap((number) => byNumber.get(number) ?? []);
    return {
      itemId: shelf.id,
      type: itemType.parse(shelf.type),
      name: found.items[index]?.published?.name ?? shelf.name,
      sees: entitlement !== undefined && published && whole && !out,
      published,
      restricted: shelf.restricted === 1,
      because: [
        ...given.map((one) => ({
          by: 'MARKETPLACE' as const,
          marketplaceId: one.id,
          name: one.name,
          matched: (one.rules && found.source && matched(one.rules, found.source.facts)) ?? null,
        })),
        ...(entitlement?.fullView ? [{ by: 'FULL_VIEW' as const }] : []),
      ],
    };
  });
}
