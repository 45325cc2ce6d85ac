import * as z from 'zod';
import { digest } from '../kit/digest.ts';
import { type Key, uniqueKey } from '../kit/keys.ts';
import type { Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { foldName } from '../kit/text.ts';
import { codeTaken } from './problems.ts';

/** The provider's own name for an item, such as its number in another system. */
export const code = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,39}$/, 'must be a code of letters, digits and . _ / -')
  .describe('Unique in the catalogue, whatever the case; a file that is imported twice is known by it');

export const codeKey = (providerId: string, value: string): Key =>
  uniqueKey(providerId, 'CATALOG_CODE', digest('code', foldName(value)));

interface Coded {
  readonly id: string;
  readonly code: string | null;
}

/** Keeps an item's code for it alone; without `taken` the race is lost where another has it. */
export const keptCode = (providerId: string, { id, code }: Coded, taken?: Problem): Write[] =>
  code === null
    ? []
    : [
        {
          do: 'create',
          item: { ...codeKey(providerId, code), kind: 'unique', itemId: id },
          ...(taken ? { taken } : {}),
        },
      ];

export const freedCode = (providerId: string, { id, code }: Coded): Write[] =>
  code === null ? [] : [{ do: 'remove', key: codeKey(providerId, code), where: { itemId: id } }];

/** One code in place of another; nothing where they are the same, whatever the case. */
export function changedCode(providerId: string, before: Coded, after: Coded): Write[] {
  const [from, to] = [before, after].map(({ code }) => code && foldName(code));
  if (from === to) return [];
  return [...freedCode(providerId, before), ...keptCode(providerId, after, taken())];
}

export const taken = (): Problem =>
  new Problem(codeTaken, undefined, { errors: [{ pointer: '#/code', message: 'belongs to another item' }] });
