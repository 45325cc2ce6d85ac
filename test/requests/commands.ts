import fc from 'fast-check';
import { verbs } from './reference.ts';

export const departments = ['IT', 'Sales'];
const pick = fc.nat({ max: 99 });
const who = { company: fc.nat({ max: 1 }), item: pick };

/** What may happen. Numbers pick from what there is. */
export const command = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      what: fc.constant('publish' as const),
      price: fc.nat({ max: 30 }),
      most: fc.integer({ min: 1, max: 3 }),
      approval: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('bundle' as const), one: pick, other: pick }) },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('reprice' as const),
      item: pick,
      price: fc.integer({ min: 31, max: 60 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('unpublish' as const), item: pick }) },
  {
    weight: 9,
    arbitrary: fc.record({ what: fc.constant('assign' as const), node: fc.nat({ max: 2 }), item: pick }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant('unassign' as const), node: fc.nat({ max: 2 }), item: pick }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant('view' as const), company: who.company, on: fc.boolean() }),
  },
  { weight: 5, arbitrary: fc.record({ what: fc.constant('restrict' as const), ...who, on: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constant('market' as const),
      company: who.company,
      kind: fc.nat({ max: 2 }),
      person: pick,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('close' as const), company: who.company, market: pick }),
  },
  {
    weight: 22,
    arbitrary: fc.record({
      what: fc.constant('order' as const),
      ...who,
      person: pick,
      quantity: fc.integer({ min: 1, max: 4 }),
      ofEach: fc.integer({ min: 1, max: 3 }),
      twice: fc.boolean(),
      seen: fc.integer({ min: 0, max: 3 }),
    }),
  },
  {
    weight: 14,
    arbitrary: fc.record({
      what: fc.constant('move' as const),
      order: pick,
      verb: fc.constantFrom(...verbs),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('grant' as const),
      company: who.company,
      amount: fc.integer({ min: 1, max: 100 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('block' as const), company: who.company, on: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('switch' as const) }) },
);
export type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;
export type Of<W extends Command['what']> = Extract<Command, { what: W }>;

/** Something to order for everybody, so that a walk does not begin with an empty shop. */
export const opening: readonly Command[] = [
  ...[10, 0, 25, 40].map(
    (price, index): Command => ({ what: 'publish', price, most: 3, approval: index === 3 }),
  ),
  { what: 'bundle', one: 0, other: 3 },
  ...[0, 1, 2].flatMap((node) => [0, 1, 2, 3, 4].map((item): Command => ({ what: 'assign', node, item }))),
  { what: 'view', company: 0, on: true },
  { what: 'restrict', company: 0, item: 1, on: true },
  { what: 'market', company: 1, kind: 0, person: 0 },
  { what: 'market', company: 1, kind: 1, person: 1 },
];
