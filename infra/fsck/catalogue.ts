import { all, type Check, kindOf, placeOf, tenantOf } from './check.ts';
import { entitled } from './entitled.ts';
import { type Half, paired } from './paired.ts';
import { parentOf } from './skeleton.ts';

const numbers = (list: unknown) => (Array.isArray(list) ? list.map(Number) : []);
const texts = (list: unknown) => (Array.isArray(list) ? list.map(String) : []);

const most = 1_000_000;

/** Each reseller counts how many right below it have an item from it. */
const handed = paired(
  (item) => {
    if (item.kind !== 'assignment') return [];
    const below = Math.min(most, Math.max(0, Number(item.below)));
    const from = String(item.from);
    return [
      { name: `${tenantOf(item)} ${item.id}`, side: -1, times: below },
      ...(from.startsWith('cus_') ? [{ name: `${from} ${item.id}`, side: 1, times: 1 } as const] : []),
    ];
  },
  (name, more) => [
    name,
    more > 0
      ? `${more} right below have it that are not counted, or have what is not there`
      : `it counts ${-more} right below that do not have it`,
  ],
);

/** What a marketplace lists says so itself, and a marketplace holds what says so: by number, for its people or for everyone. */
const shelved = paired(
  (item, known) => {
    const tenant = tenantOf(item);
    if (known.busy.has(tenant) || known.gone.has(tenant)) return [];
    const half = (side: 1 | -1, number: unknown, itemId: unknown, everyone: boolean): Half => ({
      name: `${tenant} ${itemId} in marketplace ${number} for ${everyone ? 'everyone' : 'its people'}`,
      side,
      times: 1,
    });
    if (item.kind === 'marketplace')
      return texts(item.items).map((one) => half(-1, item.number, one, item.everyone === true));
    if (item.kind !== 'assignment') return [];
    return [
      ...numbers(item.markets).map((number) => half(1, number, item.id, false)),
      ...numbers(item.everyone).map((number) => half(1, number, item.id, true)),
    ];
  },
  (name, more) => [name, more > 0 ? 'the marketplace does not list it' : 'the marketplace alone says so'],
);

/** Each dynamic group counts the marketplaces of its customer that name it. */
const named = paired(
  (item, known) => {
    const tenant = tenantOf(item);
    if (known.gone.has(tenant)) return [];
    if (item.kind === 'dynamicGroup') {
      const times = Math.min(most, Math.max(0, Number(item.marketplaces)));
      return [{ name: `${tenant} ${item.id}`, side: -1, times }];
    }
    if (item.kind !== 'marketplace') return [];
    return texts(item.dynamicGroups).map((one) => ({ name: `${tenant} ${one}`, side: 1, times: 1 }));
  },
  (name, more) => [
    name,
    more > 0
      ? `${more} marketplaces name it that are not counted, or name what is not there`
      : `it counts ${-more} marketplaces that do not name it`,
  ],
);

/** An end user who signs in, and where the address signs in. */
const signed = paired(
  (item) => {
    if (kindOf(item) === 'END_USER' && item.signIn !== undefined)
      return [{ name: `${tenantOf(item)} ${item.id} ${item.signIn}#END`, side: 1, times: 1 }];
    if (item.kind === 'endIdentity')
      return [{ name: `${item.tenantId} ${item.personId} ${item.SK}`, side: -1, times: 1 }];
    return [];
  },
  (name, more) => [
    name,
    more > 0 ? 'an end user’s address signs in elsewhere' : 'an address signs in as nobody',
  ],
);

/** What a customer has it has from its parent; the rows of end users name marketplaces of their customer that ask who one is. */
const placed: Check = (known, tell) => ({
  see: (item) => {
    const tenant = tenantOf(item);
    if (known.gone.has(tenant)) return;
    const parentId = parentOf(known, tenant);
    if (item.kind === 'assignment' && item.from !== parentId)
      tell(placeOf(item), `it is had from ${item.from}, and the parent is ${parentId}`);
    if (kindOf(item) !== 'END_USER' || known.busy.has(tenant)) return;
    const markets = known.markets.get(tenant);
    const strange = numbers(item.markets).filter((number) => markets?.get(number) !== false);
    if (strange.length > 0)
      tell(placeOf(item), `it names marketplaces ${strange.join(', ')}, which are not there or for everyone`);
  },
});

/**
 * What customers have of the catalogue comes down the tree, stands in marketplaces as these say, whose dynamic groups
 * count them, and is shown to end users who sign in by their rows, which say what the rules give. Where work is under
 * way in the background, marketplaces are not looked at.
 */
export const catalogue: Check = all(handed, shelved, named, signed, placed, entitled);
