import { type Node, providerOf } from '../kit/scope.ts';
import { type Asked, type Census, countPeople, type Matches, takeCensus } from './census.ts';
import { companyOf, placeOf, rawPage, sourceFrom, type Walked } from './people-store.ts';
import type { Rules } from './rules.ts';
import type { Source } from './source.ts';

const mostPages = 25;
const walked: readonly Walked[] = ['PEOPLE', 'USERS'];

/**
 * Shows everybody of a customer, page after page, until it is enough or 25 pages are read (of at most 1,000 people and
 * 1 MB); says whether that was everybody. Who came or changed a moment ago may be shown as before.
 */
async function look(
  node: Node,
  now: string,
  seeing: { see: (one: Source) => void; enough: () => boolean },
): Promise<boolean> {
  const at = { customerId: node.id, providerId: providerOf(node), companyId: companyOf(node) };
  const limit = 1000;
  const [place, ...firsts] = await Promise.all([
    placeOf(node, now),
    ...walked.map((walk) => rawPage(at, { walk, limit }, undefined, false)),
  ]);
  let pages = 0;
  for (const [index, walk] of walked.entries()) {
    let read = firsts[index];
    while (read) {
      for (const item of read.items) seeing.see(sourceFrom(item, place));
      if (seeing.enough() || ++pages >= mostPages) return false;
      read = read.next === null ? undefined : await rawPage(at, { walk, limit }, read.next, false);
    }
  }
  return true;
}

/** Whether groups and filters match anybody. */
export async function censusFor(node: Node, now: string, asked: Asked): Promise<Census> {
  const census = takeCensus(asked);
  if (!census.wanting()) return census.told(false);
  const see = (one: Source) => one.present && census.see(one.facts);
  return census.told(await look(node, now, { see, enough: () => !census.wanting() }));
}

/** Whom rules would include. */
export async function previewFor(node: Node, now: string, rules: Rules) {
  const counting = countPeople(rules);
  return counting.told(await look(node, now, { see: counting.see, enough: () => false }));
}

/** Whether new filters match anybody; and who passes these, where that is asked. One look at everybody answers both. */
export async function matchesFor(
  node: Node,
  now: string,
  { asked, count }: { asked: Asked; count: Rules | undefined },
): Promise<Matches> {
  if (!count) return { census: await censusFor(node, now, asked), matches: undefined };
  const [census, counting] = [takeCensus(asked), countPeople(count)];
  const see = (one: Source) => {
    counting.see(one);
    if (one.present) census.see(one.facts);
  };
  const complete = await look(node, now, { see, enough: () => false });
  return { census: census.told(complete), matches: counting.told(complete) };
}
