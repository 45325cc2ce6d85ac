import { announce } from '../kit/event.ts';
import { marketplaceKey } from '../kit/keys.ts';
import type { Plan, Write } from '../kit/plan.ts';
import { type Candidate, follow, type Markets } from './enrolment.ts';
import { workRequested } from './events.ts';
import { holdOf, type Marketplace } from './marketplace.ts';
import { altered, type CatalogSettings, unaltered } from './settings.ts';
import { opened, type Shelf, shelved } from './shelf.ts';
import { onward, type Walk, type Work, workItem } from './work.ts';

/** Writes of one transaction that are left when operation, settings, customer and receipt have theirs. */
const room = 100 - 4;

/** One transaction's worth of work. */
export interface Step {
  readonly writes: readonly Write[];
  /** True where the writes hold only while the customer's settings are as they were seen. */
  readonly bound: boolean;
  readonly after: Work;
  /** Numbers of marketplaces that said nothing of somebody. */
  readonly untold?: readonly number[];
}

type At = { readonly now: string };

/** Brings the assignments of the next items to what the marketplace says of them now. */
export function stepItems(
  work: Work,
  found: {
    marketplace: Marketplace | undefined;
    number: number;
    shelves: ReadonlyMap<string, Shelf>;
    taken: readonly string[];
  },
  { now }: At,
): Step {
  const { marketplace, taken } = found;
  const writes = taken.flatMap((itemId) => {
    const shelf = found.shelves.get(itemId);
    const write = shelf && shelved(shelf, found.number, holdOf(marketplace, itemId));
    return write ? [write] : [];
  });
  const key = marketplaceKey(work.customerId, work.marketplaceId ?? '');
  const seen: Write = { do: 'check', key, version: marketplace?.version ?? null };
  return {
    writes: writes.length > 0 ? [...writes, seen] : [],
    bound: false,
    after: onward(work, {
      done: taken.length,
      changed: writes.length,
      items: work.items.slice(taken.length),
      now,
    }),
  };
}

/** Brings the rows of the next people to what everything says of them now; as many as fit. */
export function stepPeople(
  work: Work,
  found: {
    candidates: readonly Candidate[];
    /** Where each of the candidates stands. */
    positions: readonly string[];
    /** Where the page ends; null at the end of the walk. */
    next: string | null;
    markets: Markets;
    total: number | null;
  },
  { now }: At,
): Step {
  const { candidates, positions, markets } = found;
  const { writes, taken, changed, untold } = follow(work.customerId, candidates, { markets, room });
  const all = taken === candidates.length;
  const position = all ? found.next : (positions[taken - 1] ?? work.position);
  const step = { done: taken, changed, now, total: work.total ?? found.total };
  return {
    writes,
    bound: writes.length > 0,
    after: walkedTo(work, { position, ended: all && found.next === null }, step),
    untold,
  };
}

/** Brings full view to the next assigned items. */
export function stepShelves(
  work: Work,
  found: { shelves: readonly Shelf[]; next: string | null; settings: CatalogSettings },
  { now }: At,
): Step {
  const { shelves, settings, next } = found;
  const writes = shelves.flatMap((one) => opened(one, settings) ?? []);
  const step = { done: shelves.length, changed: writes.length, now };
  return {
    writes,
    bound: writes.length > 0,
    after: walkedTo(work, { position: next, ended: next === null }, step),
  };
}

function walkedTo(
  work: Work,
  { position, ended }: { position: string | null; ended: boolean },
  step: { done: number; changed: number; now: string; total?: number | null },
): Work {
  const walks: Walk[] = ended ? work.walks.slice(1) : work.walks;
  return onward(work, { ...step, walks, position: ended ? null : position });
}

/** Work that a later change has taken over: that one comes to everybody, by the rules as they are now. */
export function handOver(work: Work, { now }: At): Step {
  return {
    writes: [],
    bound: false,
    after: onward(work, { done: 0, changed: 0, walks: [], state: 'Pending', now }),
  };
}

/** The step with its progress; `tired` asks for another turn. At its end what everybody has followed is kept. */
export function stepped(
  work: Work,
  step: Step,
  more: { tired: boolean; settings: CatalogSettings; standing: readonly Write[] },
): Plan {
  const { after } = step;
  const finished = after.finishedAt !== null;
  const settles = finished && after.state === 'Provisioned' && work.walks[0] === 'ROWS';
  const { settings } = more;
  const told = finished || more.tired;
  return {
    writes: [
      { do: 'replace', version: work.version, item: workItem(after) },
      ...step.writes,
      ...(step.bound ? more.standing : []),
      ...(settles
        ? [altered(work.customerId, settings, { settled: Math.max(settings.settled, work.generation) })]
        : step.bound
          ? [unaltered(work.customerId, settings)]
          : []),
    ],
    ...(told
      ? {
          receipt: {
            action: finished ? 'catalog.finish_work' : 'catalog.continue_work',
            subject: work.id,
            tenantId: work.customerId,
            after: { type: work.type, done: after.done, changed: after.changed, state: after.state },
          },
          announcements: finished
            ? []
            : [announce(workRequested, work.customerId, { operationId: work.id, done: after.done })],
        }
      : {}),
    reply: {},
  };
}
