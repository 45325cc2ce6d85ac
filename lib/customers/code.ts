import { digest } from '../kit/digest.ts';
import { uniqueKey } from '../kit/keys.ts';
import { refuse, type Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { codeTaken } from './problems.ts';

const longest = 10;

/** What a code is made of: the first word's first letters and the rest of the name, in Latin letters and digits. */
function stem(name: string): string {
  const words = name
    .normalize('NFKD')
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter(Boolean);
  const [first = '', ...rest] = words;
  const joined = rest.length > 0 ? first.slice(0, 4) + rest.join('') : first;
  return (joined.length < 2 ? `CUS${joined}` : joined).slice(0, longest);
}

/** Codes that a name may give, each once, the best first: the stem, then the stem with a number. */
export function codesFor(name: string, count: number): string[] {
  const whole = stem(name);
  const codes = new Set([whole]);
  for (let number = 2; codes.size < count; number++) {
    codes.add(whole.slice(0, longest - String(number).length) + number);
  }
  return [...codes];
}

/** How many codes are looked at: few at first, more when a race was lost over one. */
export const codesRead = (again: boolean): number => (again ? 40 : 3);

export const codeKey = (providerId: string, code: string) =>
  uniqueKey(providerId, 'CODE', digest('code', code));

/** The first code that is free; one not looked at yet where all that were are taken, so that a race decides. */
export function chooseCode(name: string, taken: readonly string[], again: boolean): string {
  const read = codesRead(again);
  const free = codesFor(name, read + 1).find((one) => !taken.includes(one));
  if (free === undefined || (again && taken.length >= read)) {
    refuse(codeTaken, 'Every code made from this name is taken; send one');
  }
  return free;
}

/** Takes a code: one that the caller chose is refused when it is taken, one that we made is made anew. */
export function takeCode(providerId: string, owner: { id: string; code: string; chosen: boolean }): Write {
  const item = { ...codeKey(providerId, owner.code), kind: 'unique', customerId: owner.id, version: 1 };
  const errors = [{ pointer: '#/code', message: 'is taken' }];
  return owner.chosen
    ? { do: 'create', item, taken: new Problem(codeTaken, undefined, { errors }) }
    : { do: 'create', item };
}
