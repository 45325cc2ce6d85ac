import { getAll, page } from '../aws/db.ts';
import { platformId } from '../kit/id.ts';
import { entryKey, nodeKey, partition, settingsKey } from '../kit/keys.ts';
import { previousAtOf } from './entry.ts';
import { type DueLots, dueLots } from './expiry.ts';
import { headOf } from './store.ts';
import { topUpMarkKey } from './top-up-grant.ts';

/** What an automatic top-up is carried out from. */
export async function topUpStanding(customerId: string, entryId: string, providerId: string) {
  const keys = [
    nodeKey(customerId),
    settingsKey(providerId, 'CREDIT_SYSTEM'),
    topUpMarkKey(customerId, entryId),
    entryKey(customerId, previousAtOf(entryId)),
  ];
  const [ledger, [node, system, done, asking]] = await Promise.all([
    headOf(customerId, true),
    getAll(keys, true),
  ]);
  return { ledger, node, system, done, asking };
}

/** Notes of what is due by a moment, the oldest first. */
export async function dueBy(
  at: string,
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<{ notes: DueLots[]; next: string | null }> {
  const due = partition(platformId, 'DUE');
  const { items, next } = await page({ partition: due, to: `${at}~`, limit, after, consistent: true });
  return { notes: items.map((item) => dueLots.parse(item)), next };
}

/** A customer and its ledger, as far as there are any, and which of the notes are still there. */
export async function dueStanding(customerId: string, notes: readonly DueLots[], again: boolean) {
  const [ledger, [node, ...left]] = await Promise.all([
    headOf(customerId, true),
    getAll([nodeKey(customerId), ...(again ? notes : [])], true),
  ]);
  return { ledger, node, notes: again ? notes.filter((_, index) => left[index]) : notes };
}
