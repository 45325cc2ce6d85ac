import { toNode } from '../../lib/aws/auth.ts';
import { get, getAll } from '../../lib/aws/db.ts';
import { react } from '../../lib/aws/react.ts';
import { candidatesOf } from '../../lib/catalog/candidate-store.ts';
import { follow, type Markets } from '../../lib/catalog/enrolment.ts';
import { placeOf, standing } from '../../lib/catalog/people-store.ts';
import { currentMarkets } from '../../lib/catalog/rules-store.ts';
import { unaltered } from '../../lib/catalog/settings.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { companyKey, nodeKey } from '../../lib/kit/keys.ts';
import { by } from './by.ts';

interface One {
  readonly personId: string;
  readonly source: 'DIRECTORY' | 'USER';
}

const atOnce = 24;

/** Brings the rows of these people of a customer to what directory, users and marketplaces say now. */
export async function followPeople(
  envelope: Envelope,
  reaction: string,
  at: { readonly customerId: string; readonly people: readonly One[] },
): Promise<void> {
  const strange = new Set<number>();
  let markets: Markets | undefined;
  for (let from = 0; from < at.people.length; from += atOnce) {
    const people = at.people.slice(from, from + atOnce);
    await react(envelope, async (now) => {
      const target = toNode(await get(nodeKey(at.customerId), true));
      if (!target) return undefined;
      const [place, current] = await Promise.all([placeOf(target, now), currentMarkets(target.id, markets)]);
      markets = current;
      const candidates = await candidatesOf(place, people);
      const { writes, untold } = follow(target.id, candidates, { markets: current, room: 98 });
      for (const number of untold) strange.add(number);
      if (writes.length === 0) return undefined;
      const plan = {
        writes: [...writes, ...standing(target), unaltered(target.id, current.settings)],
        reply: {},
      };
      return { plan, target, actor: by(envelope, reaction) };
    });
  }
  mustBeTold(at.customerId, strange);
}

/** Fails the event, after everybody has followed the other marketplaces: an operator must see those that say nothing. */
export function mustBeTold(customerId: string, untold: ReadonlySet<number>): void {
  if (untold.size === 0) return;
  throw new Error(`Marketplaces ${[...untold].join(', ')} of ${customerId} cannot be told`);
}

/** The same for people of companies of the directory, as far as those are customers. */
export async function followCompanies(
  envelope: Envelope,
  reaction: string,
  companies: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  const ids = Object.keys(companies);
  const found = await getAll(
    ids.map((one) => companyKey(envelope.tenant.providerId, one)),
    true,
  );
  for (const [index, companyId] of ids.entries()) {
    const customerId = found[index]?.customerId;
    if (typeof customerId !== 'string') continue;
    const people = (companies[companyId] ?? []).map((personId): One => ({ personId, source: 'DIRECTORY' }));
    await followPeople(envelope, reaction, { customerId, people });
  }
}
