import { standingOf } from '../../lib/endpoints/hearing-store.ts';
import type { Standing } from '../../lib/endpoints/standing.ts';

/** How long heartbeats in one instance may tell what was read before. */
const keptMs = 30_000;
const mostKept = 2000;
const kept = new Map<string, { readonly standing: Standing; readonly until: number }>();

type Place = Parameters<typeof standingOf>[0];

/** What stands for a machine, read at most twice a minute for all machines of its group in one instance. */
export async function standing(of: Place, now: string): Promise<Standing> {
  const known = kept.get(nameOf(of));
  return known && known.until > Date.parse(now) ? known.standing : standingNow(of, now);
}

/** The same, read anew. */
export async function standingNow(of: Place, now: string): Promise<Standing> {
  const standing = await standingOf(of, now);
  const name = nameOf(of);
  kept.delete(name);
  kept.set(name, { standing, until: Date.parse(now) + keptMs });
  const [oldest] = kept.keys();
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
  return standing;
}

const nameOf = ({ customerId, groupId, productId }: Place) => `${customerId} ${groupId} ${productId}`;
