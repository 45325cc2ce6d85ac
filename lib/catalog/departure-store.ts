import { getAll, page } from '../aws/db.ts';
import { endIdentityKey } from '../kit/end-user.ts';
import { endUserKey, partition } from '../kit/keys.ts';
import type { Write } from '../kit/plan.ts';
import { rowsPage } from './people-store.ts';
import { catalogSettingsKey } from './settings.ts';

type Raw = Readonly<Record<string, unknown>>;

/**
 * The removal of some of what a customer that is no more has left behind: rows with those addresses that still sign in
 * there, then marketplaces and dynamic groups; none when all is gone.
 */
export async function departures(customerId: string): Promise<Write[]> {
  const { rows } = await rowsPage(customerId, 48, undefined);
  if (rows.length === 0) return closures(customerId);
  const hashes = rows.map(({ row }) => row.signIn).filter((one) => one !== undefined);
  const identities = await getAll(hashes.map(endIdentityKey), true);
  return [
    ...rows.map(
      ({ row }): Write => ({ do: 'remove', key: endUserKey(customerId, row.id), version: row.version }),
    ),
    ...identities.flatMap((item): Write[] => (item?.tenantId === customerId ? [removal(item)] : [])),
  ];
}

async function closures(customerId: string): Promise<Write[]> {
  const [{ items: markets }, { items: groups }, [settings]] = await Promise.all([
    page({ partition: partition(customerId, 'MARKET'), limit: 90, consistent: true }),
    page({ partition: partition(customerId, 'GROUP'), limit: 90, consistent: true }),
    getAll([catalogSettingsKey(customerId)], true),
  ]);
  return [...(settings ? [settings] : []), ...markets, ...groups].slice(0, 90).map(removal);
}

const removal = (item: Raw): Write => ({
  do: 'remove',
  key: { PK: String(item.PK), SK: String(item.SK) },
  version: Number(item.version),
});
