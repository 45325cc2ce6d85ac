import { getAll, page } from '../aws/db.ts';
import { partition } from '../kit/keys.ts';
import type { Markets } from './enrolment.ts';
import { gatheringsOf } from './group-store.ts';
import { type Marketplace, readMarketplace } from './marketplace.ts';
import { gathered } from './rules.ts';
import { catalogSettingsKey, toSettings } from './settings.ts';

type Raw = Readonly<Record<string, unknown>>;

/** Who belongs to which marketplace by the rules as they stand: settings first, so that their version binds them. */
export async function marketsOf(customerId: string): Promise<Markets> {
  const [item] = await getAll([catalogSettingsKey(customerId)], true);
  const settings = toSettings(item);
  if (settings.marketplaces === 0) return { settings, rules: [], unread: [] };
  const items = await marketItems(customerId);
  const read = readable(items, customerId);
  const groups = await gatheringsOf(customerId, read);
  const rules = read.flatMap((one) => {
    const told = gathered(one, groups);
    return told ? [{ ...told, number: one.number }] : [];
  });
  // A group may have gone between the two reads, with what named it.
  if (rules.length < read.length && (await versionOf(customerId)) !== settings.version)
    return marketsOf(customerId);
  const told = new Set(rules.map(({ number }) => number));
  const unread = items.map(({ number }) => Number(number)).filter((one) => !told.has(one));
  return { settings, rules, unread };
}

/** The same, read again only where the settings have changed since. */
export async function currentMarkets(customerId: string, markets: Markets | undefined): Promise<Markets> {
  return markets && (await versionOf(customerId)) === markets.settings.version
    ? markets
    : marketsOf(customerId);
}

const versionOf = async (customerId: string): Promise<number> =>
  toSettings((await getAll([catalogSettingsKey(customerId)], true))[0]).version;

/** All marketplaces of a customer that can be read: at most 500. */
export const marketplacesOf = async (customerId: string): Promise<Marketplace[]> =>
  readable(await marketItems(customerId), customerId);

const readable = (items: readonly Raw[], customerId: string): Marketplace[] =>
  items.flatMap((item) => readMarketplace(item, customerId) ?? []);

async function marketItems(customerId: string): Promise<Raw[]> {
  const found: Raw[] = [];
  let after: string | undefined;
  do {
    const range = { partition: partition(customerId, 'MARKET'), limit: 500, after, consistent: true };
    const { items, next } = await page(range);
    found.push(...items);
    after = next ?? undefined;
  } while (after);
  return found;
}
