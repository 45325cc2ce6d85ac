import { mustStandAlone } from '../../lib/access/confirmation.ts';
import { cannotLink } from '../../lib/access/import-problems.ts';
import { isInForce, lookedAfterBy, type Opened } from '../../lib/access/opened.ts';
import { type Handover, type LinkFacts, linkTo, mustFit } from '../../lib/customers/link.ts';
import { linkFactsFor } from '../../lib/customers/link-store.ts';
import { namesMove } from '../../lib/customers/problems.ts';
import { refuse, type Write } from '../../lib/kit/plan.ts';
import { Problem } from '../../lib/kit/problem.ts';

/** What confirming writes beside: import and count, terms, grant with two notes, member, two entries, the claim of a key. */
const beside = 10;

/** What joining needs to know; no read where the customer does not stand alone. */
export function factsFor(from: Opened | undefined, again: boolean): Promise<LinkFacts | undefined> {
  if (!from || lookedAfterBy(from.customer) !== undefined) return Promise.resolve(undefined);
  return linkFactsFor(from.link.providerId, from.customer, again);
}

/** Joins customer and partner. What stands in the way on the partner's side is not told to the customer. */
export function handOver(
  from: Opened,
  facts: LinkFacts | undefined,
  made: { now: string; again: boolean },
): Handover {
  const { partner, customer, forest } = from;
  mustStandAlone(from);
  if (!facts || !isInForce(partner, forest)) return refuse(cannotLink);
  try {
    const handover = linkTo(partner, customer, facts, { ...made, beside });
    mustFit(handover.writes, 100 - beside);
    return { ...handover, writes: handover.writes.map(discreet) };
  } catch (error) {
    // That is the customer's own, and over in a moment.
    if (error instanceof Problem && error.type !== namesMove) return refuse(cannotLink);
    throw error;
  }
}

function discreet(write: Write): Write {
  const stands = new Problem(cannotLink);
  if ((write.do === 'create' || write.do === 'vacant') && write.taken) return { ...write, taken: stands };
  if ((write.do === 'adjust' || write.do === 'amend') && write.short) return { ...write, short: stands };
  return write;
}
