import type { Opened } from '../../lib/access/enter.ts';
import { nodeOf, sessionOf } from '../../lib/access/store.ts';
import { toNode } from '../../lib/aws/auth.ts';
import { reachingBy } from '../../lib/aws/vouch-rows.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';

/** A session as it is ended or decided about, with the partner whose record tells of it; undefined: there is none. */
export async function oneSession(customerId: string, sessionId: string) {
  const { session, item, ...beside } = await sessionOf(customerId, sessionId);
  if (!session || !item) return undefined;
  const partner = await reachingBy(item, [session.home], () => nodeOf(session.home));
  return { session, ...beside, partner: toNode(partner) };
}

export const found = (one: Opened | undefined): Opened => one ?? refuse(notFound);
