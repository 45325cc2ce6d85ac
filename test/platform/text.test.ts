import { expect, it } from 'vitest';
import { carriesLink, message, name } from '../../lib/kit/text.ts';

it('a text of any length is judged in passing: the time does not grow with its square', () => {
  for (const long of ['x', 'x.', 'x-', '@x', 'www.']) {
    const text = long.repeat(2_000_000 / long.length);
    expect(name(80).safeParse(text).success).toBe(false);
    expect(message(500).safeParse(text).success).toBe(false);
  }
});

it('an address is found in whatever letters, and a sentence is none', () => {
  for (const one of [
    'https://x',
    'see WWW.x',
    'ｗｗｗ.evil.example',
    'a@b.example',
    'evil.example/login',
    'mailto:a',
  ])
    expect(carriesLink(one), one).toBe(true);
  for (const one of ['Offer no. 7: 3.50 a seat', 'Booking.com', 'e.g. this'])
    expect(carriesLink(one), one).toBe(false);
});
