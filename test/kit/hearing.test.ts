import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Holder, Proven } from '../../lib/kit/agent.ts';
import {
  type Heard,
  hearing,
  holds,
  isOverlapping,
  isReplaced,
  isRotated,
  rotated,
  slipOf,
} from '../../lib/kit/hearing.ts';

const start = Date.parse('2026-01-01T00:00:00.000Z');
const at = (seconds: number) => new Date(start + seconds * 1000).toISOString();
const day = 24 * 3600;
const host = 'h'.repeat(16);
const proven = (
  generation: number,
  publicKey: string,
  more: Partial<Proven<Holder>> = {},
): Proven<Holder> => ({
  credential: { machineId: 'mch_1', customerId: 'cus_1', generation, publicKey },
  ...{ count: 11, host, mark: 'm' },
  ...more,
});
const kept: Heard = { generation: 1, enrolled: 1, publicKey: 'k1', host, count: 10, mark: 'm10' };

describe('a call', () => {
  it('is heard once, of the present key pair, from its own host', () => {
    expect(slipOf(kept, proven(1, 'k1'), at(0))).toBeUndefined();
    expect(slipOf(kept, proven(1, 'k1', { count: 10, mark: 'm10' }), at(0))).toBe('REPLAYED');
    expect(slipOf(kept, proven(1, 'k1', { count: 10, mark: 'other' }), at(0))).toBe('STRAY');
    expect(slipOf(kept, proven(1, 'k1', { count: 9, mark: 'm10' }), at(0))).toBe('STRAY');
    expect(slipOf(kept, proven(1, 'k1', { host: 'i'.repeat(16) }), at(0))).toBe('ANOTHER_HOST');
    expect(slipOf(kept, proven(1, 'k2'), at(0))).toBe('REVOKED');
    expect(slipOf(kept, proven(2, 'k1'), at(0))).toBe('REVOKED');
    expect(slipOf({ ...kept, generation: 3 }, proven(2, 'k2'), at(0))).toBe('SUPERSEDED');
  });

  it('of a key pair that was replaced is told from one that was revoked', () => {
    const after = (more: Partial<Heard>) =>
      isReplaced({ ...kept, generation: 5, enrolled: 3, ...more }, { generation: 4, publicKey: 'k' });
    expect(after({})).toBe(true);
    expect(after({ previous: 4 })).toBe(false);
    expect(after({ enrolled: undefined })).toBe(false);
    expect([after({ enrolled: 4 }), after({ enrolled: 5 })]).toEqual([true, false]);
    expect([after({ generation: 4 }), after({ generation: 6 })]).toEqual([false, true]);
  });

  it('changes what is kept under what was seen', () => {
    expect(hearing(proven(1, 'k1'), at(5), 'PRESENT')).toEqual({
      set: { count: 11, mark: 'm', seenAt: at(5), previous: null, previousKey: null, previousUntil: null },
      where: { host, generation: 1, publicKey: 'k1' },
      ...{ below: { count: 11 }, atLeast: {} },
    });
    expect(hearing(proven(1, 'k1'), at(5), 'OVERLAPPING')).toEqual({
      set: { count: 11, mark: 'm', seenAt: at(5) },
      where: { host, previous: 1, previousKey: 'k1' },
      ...{ below: { count: 11 }, atLeast: { previousUntil: at(5) } },
    });
  });
});

describe('a rotation', () => {
  const turned: Heard = { ...kept, ...rotated(kept, { by: 1, publicKey: 'k2', now: at(0) }) } as Heard;
  it('leaves the pair before for a day, to the second, and nothing else', () => {
    expect(turned).toMatchObject({
      generation: 2,
      publicKey: 'k2',
      previous: 1,
      previousKey: 'k1',
      previousUntil: at(day),
    });
    const old = { generation: 1, publicKey: 'k1' };
    expect([at(0), at(day - 1), at(day), at(day + 1)].map((now) => holds(turned, old, now))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(holds(turned, { generation: 2, publicKey: 'k2' }, at(2 * day))).toBe(true);
    expect(isOverlapping(turned, { generation: 1, publicKey: 'kx' }, at(0))).toBe(false);
    expect(isOverlapping(turned, { generation: 2, publicKey: 'k1' }, at(0))).toBe(false);
    expect(isOverlapping(kept, old, at(0))).toBe(false);
    expect(isOverlapping({ ...kept, previous: 1, previousKey: 'k1' }, old, at(0))).toBe(false);
  });

  it('asked for again answers the same pair, or another in the time that was left', () => {
    expect(isRotated(turned, { by: 1, publicKey: 'k2' })).toBe(true);
    expect(isRotated(turned, { by: 2, publicKey: 'k2' })).toBe(false);
    expect(isRotated(turned, { by: 1, publicKey: 'k3' })).toBe(false);
    expect(rotated(turned, { by: 1, publicKey: 'k3', now: at(day / 2) })).toEqual({
      ...{ generation: 3, publicKey: 'k3', previous: 1, previousKey: 'k1', previousUntil: at(day) },
    });
    expect(rotated(turned, { by: 2, publicKey: 'k3', now: at(9) })).toEqual({
      ...{ generation: 3, publicKey: 'k3', previous: 2, previousKey: 'k2', previousUntil: at(day + 9) },
    });
    const bare = { generation: 1, previous: 1, count: 0 };
    expect(rotated(bare, { by: 1, publicKey: 'k2', now: at(0) })).toMatchObject({
      previousKey: null,
      previousUntil: at(day),
    });
    expect(rotated({ generation: 1, count: 0 }, { by: 1, publicKey: 'k2', now: at(0) })).toMatchObject({
      previousKey: null,
    });
  });

  it('never leaves two pairs beside the present one, whatever is done in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(day)), { maxLength: 20 }), (steps) => {
        let now = 0;
        let state = kept;
        const made = ['k1'];
        for (const [back, wait] of steps) {
          now += wait;
          const by = Math.max(1, state.generation - back);
          const credential = { generation: by, publicKey: made[by - 1] ?? '' };
          if (holds(state, credential, at(now))) {
            const publicKey = `k${made.length + 1}`;
            state = { ...state, ...rotated(state, { by, publicKey, now: at(now) }) } as Heard;
            made.push(publicKey);
          }
          const counting = made.filter((publicKey, place) =>
            holds(state, { generation: place + 1, publicKey }, at(now)),
          );
          expect(counting.length).toBeLessThanOrEqual(2);
          expect(counting).toContain(state.publicKey);
        }
      }),
    );
  });
});
