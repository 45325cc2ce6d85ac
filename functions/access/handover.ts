import { mustStandAlone } from '../../lib/access/confirmation.ts';
import type { ImportObstacle } from '../../lib/access/import.ts';
import { cannotLink } from '../../lib/access/import-problems.ts';
import { isInForce, lookedAfterBy, type Opened } from '../../lib/access/opened.ts';
import { type Handover, type LinkFacts, linkTo, mustFit } from '../../lib/customers/link.ts';
import { linkFactsFor } from '../../lib/customers/link-store.ts';
import {
  codeTaken,
  domainTaken,
  mspModeOff,
  namesMove,
  nameTaken,
  poolShort,
  tooDeep,
} from '../../lib/customers/problems.ts';
import { refuse, type Write } from '../../lib/kit/plan.ts';
import { Problem } from '../../lib/kit/problem.ts';

/** What confirming writes beside: import and count, terms, grant with two notes, member, two entries, the claim of a key. */
const beside = 10;

type Made = { readonly now: string; readonly again: boolean };

/** What joining needs to know; no read where the customer does not stand alone. */
export function factsFor(from: Opened | undefined, again: boolean): Promise<LinkFacts | undefined> {
  if (!from || lookedAfterBy(from.customer) !== undefined) return Promise.resolve(undefined);
  return linkFactsFor(from.link.providerId, from.customer, again);
}

const names: Readonly<Record<string, ImportObstacle>> = {
  [nameTaken.code]: 'NAME_TAKEN',
  [codeTaken.code]: 'CODE_TAKEN',
  [domainTaken.code]: 'DOMAIN_TAKEN',
  [mspModeOff.code]: 'MSP_MODE_OFF',
  [poolShort.code]: 'POOL_SHORT',
  [tooDeep.code]: 'TOO_DEEP',
};

/** Joins customer and partner, or says what of the partner's own is in the way. */
function join(
  from: Opened,
  facts: LinkFacts,
  made: Made,
): { handover: Handover } | { obstacle: ImportObstacle } {
  const { partner, customer, forest } = from;
  if (!isInForce(partner, forest)) return { obstacle: 'DISABLED' };
  try {
    const handover = linkTo(partner, customer, facts, { ...made, beside });
    mustFit(handover.writes, 100 - beside);
    return { handover: { ...handover, writes: handover.writes.map(lookedAtBefore) } };
  } catch (error) {
    // That is the customer's own, and over in a moment.
    if (!(error instanceof Problem) || error.type === namesMove) throw error;
    return { obstacle: names[error.type.code] ?? 'OTHER' };
  }
}

/** What keeps the partner from taking over; undefined where nothing of its own does. */
export function obstacleTo(
  from: Opened,
  facts: LinkFacts | undefined,
  made: Made,
): ImportObstacle | undefined {
  if (!facts) return undefined;
  try {
    const joined = join(from, facts, made);
    return 'obstacle' in joined ? joined.obstacle : undefined;
  } catch {
    return undefined;
  }
}

/** Joins customer and partner. What stands in the way on the partner's side is not told to the customer. */
export function handOver(from: Opened, facts: LinkFacts | undefined, made: Made): Handover {
  mustStandAlone(from);
  if (!facts) return refuse(cannotLink);
  const joined = join(from, facts, made);
  return 'handover' in joined ? joined.handover : refuse(cannotLink);
}

// All of it was read: where it is otherwise when it is written, it is looked at again.
function lookedAtBefore(write: Write): Write {
  if (write.do === 'create' && write.taken) {
    const { taken: _, ...rest } = write;
    return rest;
  }
  if (write.do === 'adjust' && write.short) {
    const { short: _, ...rest } = write;
    return rest;
  }
  return write;
}
