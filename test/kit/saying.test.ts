import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sayingAlong } from '../../lib/kit/inherit.ts';

describe('whose word counts along a line', () => {
  const node = fc.record({
    word: fc.option(fc.integer(), { nil: null }),
    locks: fc.constantFrom<string[]>([], ['word'], ['other']),
  });

  it('is what a walk from the top says, which stops below the first lock', () => {
    fc.assert(
      fc.property(fc.array(node, { minLength: 1, maxLength: 6 }), (line) => {
        let word: number | null = null;
        for (const one of line) {
          word = one.word ?? word;
          if (one !== line.at(-1) && one.locks.includes('word')) break;
        }
        expect(sayingAlong(line, 'word').saying?.word ?? null).toBe(word);
      }),
    );
  });

  it('names the highest lock, and none of the last node itself', () => {
    const [top, middle, end] = [
      { word: 1, locks: ['word'] },
      { word: 2, locks: ['word'] },
      { word: 3, locks: ['word'] },
    ];
    expect(sayingAlong([top, middle, end], 'word')).toEqual({ saying: top, lockedBy: top });
    expect(sayingAlong([end], 'word')).toEqual({ saying: end, lockedBy: undefined });
  });
});
