import fc from 'fast-check';
import { expect, it } from 'vitest';
import { matches, toAuditEvent } from '../../lib/audit/entry.ts';
import { cut } from '../../lib/audit/page.ts';
import { idBound, idTime } from '../../lib/kit/id.ts';

const idOf = (n: number) => `aud_${String(n).padStart(26, '0')}`;
const entry = fc.record({
  action: fc.constantFrom('a.x', 'a.y', 'ab.x'),
  subject: fc.constantFrom('s1', 's2'),
  who: fc.constantFrom('p1', 'p2'),
});
const filters = fc.record(
  {
    action: fc.constantFrom('a', 'a.x', 'ab'),
    subject: fc.constantFrom('s1', 's2'),
    actor: fc.constantFrom('p1', 'p2'),
  },
  { requiredKeys: [] },
);

it('pages show each matching entry once, in order, whatever is read at a time', () => {
  fc.assert(
    fc.property(
      fc.array(entry, { maxLength: 60 }),
      filters,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 15 }),
      (made, asked, limit, more) => {
        const record = made
          .map(({ who, ...rest }, n) => ({
            PK: 'T#cus_1#AUDIT',
            id: idOf(n),
            at: '2026-11-21T10:00:00.000Z',
            actor: { id: who, kind: 'person', home: 'prv_1' },
            ...rest,
          }))
          .reverse();
        const sight = limit + more;
        const shown: string[] = [];
        let after: string | null = null;
        do {
          const left = record.filter(({ id }) => after === null || id < after);
          const page = cut(
            { items: left.slice(0, sight), more: left.length > sight },
            { filters: asked, limit },
          );
          expect(page.items.length).toBeLessThanOrEqual(limit);
          shown.push(...page.items.map(({ id }) => id));
          after = page.next;
        } while (after !== null);
        const all = record.map(toAuditEvent).filter((one) => matches(one, asked));
        expect(shown).toEqual(all.map(({ id }) => id));
      },
    ),
  );
});

it('bounds hold exactly the ids of their millisecond', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 48 - 2 }), (at) => {
      const [first, last] = [idBound('audit', at, 'first'), idBound('audit', at, 'last')];
      expect([idTime(first), idTime(last)]).toEqual([at, at]);
      expect(first < last && last < idBound('audit', at + 1, 'first')).toBe(true);
    }),
  );
});
