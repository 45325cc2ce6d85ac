import { each, page } from '../aws/db.ts';
import { idTime } from '../kit/id.ts';
import type { LoadInput } from '../kit/route.ts';
import { type Entry, toEntry } from './entry.ts';
import type { Ledger } from './ledger.ts';
import { isTooOld, keySkewMs } from './own-key.ts';
import { lookUp } from './ring.ts';
import { type Beside, entries, entryAt, headOf, providerSystem } from './store.ts';

/** What is known of an own key: the entry it made, none, or `unknown` where too much was written since to look. */
export type Earlier = Entry | 'unknown' | undefined;

type Asked = Pick<LoadInput, 'target' | 'consistent' | 'now' | 'scope'> & {
  readonly body: { readonly requestId?: string | undefined };
};

/** The head, and the entry that the request's own key has already made. One round trip for a fresh key. */
async function headAndEarlier(input: Asked): Promise<{ ledger: Ledger; earlier: Earlier }> {
  const ledger = await headOf(input.target, input.consistent);
  const { requestId } = input.body;
  if (!ledger.head || !requestId) return { ledger, earlier: undefined };
  const found = lookUp(ledger.head, requestId);
  if (found === 'new') return { ledger, earlier: undefined };
  if (found !== 'search') return { ledger, earlier: await entryAt(input.target, found.previousAt) };
  if (isTooOld(requestId, input.now)) return { ledger, earlier: undefined };
  await input.scope();
  return { ledger, earlier: await search(input.target, requestId) };
}

/** Everything that a requested debit is decided from. */
export async function debitStanding(input: Asked & Beside) {
  const [found, system] = await Promise.all([headAndEarlier(input), providerSystem(input)]);
  return { ...found, system };
}

const mostSearched = 2000;

async function search(customerId: string, requestId: string): Promise<Earlier> {
  const since = new Date(idTime(requestId) - 2 * keySkewMs).toISOString();
  const first = await predecessorOf(customerId, since);
  const from = first?.previousAt ?? '0';
  let seen = 0;
  for await (const item of each({ partition: entries(customerId), from, limit: 500, consistent: true })) {
    if (item.requestId === requestId) return toEntry(item);
    if (++seen >= mostSearched) return 'unknown';
  }
  return undefined;
}

async function predecessorOf(customerId: string, at: string): Promise<Entry | undefined> {
  const { items } = await page({
    partition: entries(customerId),
    to: at,
    backwards: true,
    limit: 1,
    consistent: true,
  });
  return items[0] && toEntry(items[0]);
}
