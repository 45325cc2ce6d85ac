import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drafted, editItem, type Standing } from '../../lib/catalog/author.ts';
import { newContent } from '../../lib/catalog/content.ts';
import { pricesCount } from '../../lib/catalog/import.ts';
import { type CatalogItem, publishedOf, type Revision, toItem, toRevision } from '../../lib/catalog/item.ts';
import { type Pricing, priceOf, toPrice } from '../../lib/catalog/price.ts';
import { type Circle, publishItem, rejectItem, unpublishItem } from '../../lib/catalog/publish.ts';
import { submitItem } from '../../lib/catalog/submission.ts';
import { viewItem } from '../../lib/catalog/view.ts';
import type { Plan } from '../../lib/kit/plan.ts';
import { Problem } from '../../lib/kit/problem.ts';

const id = (kind: string, place: number) => `${kind}_${String(place).padStart(26, '0')}`;
const made = { providerId: id('prv', 1), by: id('per', 1), now: '2026-11-21T08:00:00.000Z' };
const pricing = (epoch: number): Pricing => ({ credits: epoch % 2 === 1, epoch, switchedAt: null });
const whole = { summary: 'S', description: 'D', category: 'C' };

/** A catalogue as a table would hold it: heads and revisions by their keys. */
class Shelf {
  readonly items = new Map<string, Readonly<Record<string, unknown>>>();

  apply(plan: Pick<Plan, 'writes'>): void {
    for (const write of plan.writes) {
      if (write.do !== 'create' && write.do !== 'replace') throw new Error(write.do);
      const key = write.item.SK;
      const before = this.items.get(key);
      if (write.do === 'create') expect(before).toBeUndefined();
      else expect(before?.version).toBe(write.version);
      this.items.set(key, write.item);
    }
  }

  head(itemId: string): CatalogItem {
    return toItem(this.items.get(itemId) ?? {});
  }

  revisions(itemId: string): Revision[] {
    const keys = [...this.items.keys()].filter((key) => key.startsWith(`${itemId}#R#`)).sort();
    return keys.map((key) => toRevision(this.items.get(key) ?? {}));
  }

  circle(itemId: string, epoch: number): Circle {
    const heads = [...this.items.values()].filter((one) => one.kind === 'catalogItem').map(toItem);
    const newest = this.revisions(itemId).at(-1) as Revision;
    const around = new Map(heads.map((one) => [one.id, one]));
    return { item: this.head(itemId), newest, pricing: pricing(epoch), around };
  }
}

type Verb = 'edit' | 'submit' | 'publish' | 'reject' | 'unpublish';
const verbs = ['edit', 'submit', 'publish', 'reject', 'unpublish'] as const;

function decide(verb: Verb, circle: Circle, step: number): Plan {
  if (verb === 'edit') {
    const change =
      circle.item.type === 'SERVICE' ? { price: { base: step, adjustments: [] } } : { summary: `S ${step}` };
    return editItem(circle, change, { ...made, known: circle.around });
  }
  if (verb === 'submit') return submitItem(circle, made);
  if (verb === 'publish') return publishItem(circle, made);
  if (verb === 'reject') return rejectItem(circle, 'No', made);
  return unpublishItem(circle, made);
}

/** What an item's newest revision may become, told by the domain and by nothing else. */
const machine: Readonly<Record<string, Partial<Record<Verb, string>>>> = {
  DRAFT: { edit: 'DRAFT', submit: 'PENDING', publish: 'PUBLISHED' },
  PENDING: { publish: 'PUBLISHED', reject: 'REJECTED' },
  REJECTED: { edit: 'DRAFT' },
  APPROVED: { edit: 'DRAFT', publish: 'PUBLISHED' },
  PUBLISHED: { edit: 'DRAFT' },
};

describe('random walks through a catalogue', () => {
  // Half of the steps publish: only then bundles stand and their parts change below them.
  const verb = fc.constantFrom(...verbs, 'publish' as const, 'publish' as const, 'publish' as const);
  const epoch = fc.nat(15).map((one) => one === 0);
  const moves = fc.array(fc.record({ verb, at: fc.nat(3), epoch }), {
    minLength: 40,
    maxLength: 120,
    size: 'max',
  });

  it('follow the states, publish one revision at a time, and keep bundles true', () => {
    fc.assert(
      fc.property(moves, (walk) => {
        const shelf = new Shelf();
        const ids = [1, 2, 3, 4].map((place) => id('cat', place));
        for (const [index, itemId] of ids.entries()) {
          const bundle = {
            type: 'BUNDLE',
            parts: [1, 2].map((part) => ({ itemId: id('cat', part), min: part, max: 5 })),
          };
          const command = newContent.parse({ name: `Item ${index}`, ...whole, ...(index > 1 ? bundle : {}) });
          shelf.apply(drafted(command, { ...made, id: itemId, pricing: pricing(0), supplied: false }));
        }
        let epoch = 0;
        for (const [step, { verb, at, epoch: switched }] of walk.entries()) {
          if (switched) epoch++;
          const itemId = ids[at] as string;
          const circle = shelf.circle(itemId, epoch);
          const { state, published, bundles } = circle.item;
          const partsOpen = circle.newest.content.parts.every(
            (one) => circle.around.get(one.itemId)?.published,
          );
          const may =
            verb === 'unpublish'
              ? published !== null && bundles.length === 0
              : machine[state]?.[verb] !== undefined && (verb !== 'publish' || partsOpen);
          let plan: Plan | undefined;
          try {
            plan = decide(verb, circle, step + 1);
          } catch (error) {
            if (!(error instanceof Problem)) throw error;
          }
          expect({ verb, state, done: plan !== undefined }).toEqual({ verb, state, done: may });
          if (!plan) continue;
          const wrote = plan.writes.length > 0;
          shelf.apply(plan);
          const after = shelf.head(itemId);
          const next =
            verb === 'unpublish' ? (state === 'PUBLISHED' ? 'APPROVED' : state) : machine[state]?.[verb];
          if (wrote) expect(after.state).toBe(next);
          check(shelf, ids, epoch);
        }
      }),
      { numRuns: 150 },
    );
  });
});

function check(shelf: Shelf, ids: readonly string[], epoch: number): void {
  for (const itemId of ids) {
    const head = shelf.head(itemId);
    const revisions = shelf.revisions(itemId);
    expect(revisions.map(({ revision }) => revision)).toEqual(revisions.map((_, index) => index + 1));
    expect(head.revision).toBe(revisions.length);
    for (const old of revisions.slice(0, -1)) expect(old.state).toBe('APPROVED');
    const shown = revisions.find(({ revision }) => revision === head.published?.revision);
    if (head.published) expect(shown?.state).toBe('APPROVED');
    expect(head.state === 'PUBLISHED').toBe(head.published?.revision === head.revision);
    const holders = ids.filter((one) =>
      shelf.head(one).published?.parts.some((part) => part.itemId === itemId),
    );
    expect([...head.bundles].sort()).toEqual(holders);
    if (head.bundles.length > 0) expect(head.published).not.toBeNull();
    if (head.type !== 'BUNDLE' || !head.published) continue;
    const sum = head.published.parts.reduce((all, part) => {
      const price = shelf.head(part.itemId).published?.price;
      return all + part.min * (price?.epoch === epoch ? price.amount : 0);
    }, 0);
    const costs = priceOf(head.published, pricing(epoch));
    expect(costs.unit === 'FREE' ? 0 : costs.amount).toBe(sum);
  }
}

describe('prices', () => {
  const given = fc
    .record({
      base: fc.nat(1000),
      adjustments: fc.array(
        fc.record({ name: fc.constant('A'), amount: fc.integer({ min: -50, max: 50 }) }),
        {
          maxLength: 4,
        },
      ),
    })
    .filter(({ base, adjustments }) => adjustments.reduce((all, { amount }) => all + amount, base) >= 0);

  it('count in their own epoch, are free in every other, and have the unit of the system', () => {
    fc.assert(
      fc.property(given, fc.nat(5), fc.nat(5), (command, set, now) => {
        const price = toPrice(command, pricing(set));
        const costs = priceOf({ type: 'SERVICE', price, freeLabel: 'Free', parts: [] }, pricing(now));
        const free = set !== now || price.amount === 0;
        const unit = now % 2 === 1 ? { unit: 'CREDITS' } : { unit: 'CURRENCY', currency: 'USD' };
        expect(costs).toEqual(free ? { unit: 'FREE', label: 'Free' } : { ...unit, amount: price.amount });
      }),
    );
  });

  it('of a bundle are linear in the quantities of its parts', () => {
    const quantities = fc.tuple(fc.nat(20), fc.nat(20));
    fc.assert(
      fc.property(given, given, quantities, (one, two, [first, second]) => {
        const parts = [one, two].map((command, index) => ({
          itemId: String(index),
          min: 1,
          price: toPrice(command, pricing(1)),
        }));
        const costs = priceOf({ type: 'BUNDLE', price: null, freeLabel: null, parts }, pricing(1), {
          0: first,
          1: second,
        });
        const sum = first * (parts[0]?.price.amount ?? 0) + second * (parts[1]?.price.amount ?? 0);
        expect(costs).toEqual(sum === 0 ? { unit: 'FREE', label: 'Free' } : { unit: 'CREDITS', amount: sum });
      }),
    );
  });

  it('of a file count by where it comes from and when', () => {
    const switched = { ...pricing(1), switchedAt: '2026-11-21T08:00:00.000Z' };
    expect(pricesCount({ source: 'export', exportedAt: '2026-11-21T08:00:00.000Z' }, switched)).toBe(false);
    expect(pricesCount({ source: 'export', exportedAt: '2026-11-21T08:00:00.001Z' }, switched)).toBe(true);
    expect(pricesCount({ source: 'export', exportedAt: '1970-01-01T00:00:00.000Z' }, pricing(0))).toBe(true);
    expect(pricesCount({ source: 'connector' }, switched)).toBe(false);
    expect(pricesCount({ source: 'file' }, switched)).toBe(true);
  });
});

describe('what is published', () => {
  it('is what its revision says, and shown so', () => {
    const command = newContent.parse({ name: 'A', ...whole, price: { base: 4 } });
    const standing: Standing = drafted(command, {
      ...made,
      id: id('cat', 1),
      pricing: pricing(1),
      supplied: false,
    });
    const published = publishedOf('SERVICE', standing.newest, new Map(), made.now);
    expect(published).toMatchObject({ name: 'A', revision: 1, price: { amount: 4, epoch: 1 }, parts: [] });
    expect(published).not.toHaveProperty('description');
    expect(viewItem(standing.item, standing.newest, pricing(1))).toMatchObject({ costs: { amount: 4 } });
    expect(viewItem(standing.item, standing.newest, pricing(2)).price).toMatchObject({ lost: true });
  });
});
