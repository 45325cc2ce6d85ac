import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseCode, codesFor } from '../../lib/customers/code.ts';

describe('codes made from a name', () => {
  const name = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.stringMatching(/^[A-Z]{1,12}[2-9]{1,3}$/),
    fc.constant('Company ab12'),
  );

  it('are each looked at once, legal, and as many as asked', () => {
    fc.assert(
      fc.property(name, fc.integer({ min: 1, max: 40 }), (from, count) => {
        const codes = codesFor(from, count);
        expect(new Set(codes).size).toBe(count);
        expect(codes).toHaveLength(count);
        for (const code of codes) expect(code).toMatch(/^[A-Z0-9]{2,10}$/);
      }),
    );
  });

  it('give the first that is free', () => {
    fc.assert(
      fc.property(name, fc.integer({ min: 0, max: 3 }), (from, taken) => {
        const codes = codesFor(from, 4);
        expect(chooseCode(from, codes.slice(0, taken), false)).toBe(codes[taken]);
      }),
    );
  });
});
