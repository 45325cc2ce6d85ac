import * as z from 'zod';
import type { Item } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { notOfCompany } from './problems.ts';

const storedCompany = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  customerId: z.string().nullish(),
  version: z.number(),
});

/** What becoming a customer needs to know of a directory company; `item` is the whole stored company. */
export interface Company extends z.output<typeof storedCompany> {
  readonly item: Item;
}

export function toCompany(item: Readonly<Record<string, unknown>>): Company {
  return { ...storedCompany.parse(item), item: item as Item };
}

/** Any company that people can belong to: all types but one. The Global company is never stored. */
export function eligible({ type }: Pick<Company, 'type'>): boolean {
  return type !== 'MANUFACTURER';
}

const storedPerson = z.object({
  PK: z.string(),
  SK: z.string(),
  id: z.string(),
  name: z.string(),
  email: z.string(),
  version: z.number(),
});

/** One of a company's people, with the key that the person stands under. */
export type Person = z.output<typeof storedPerson>;

export function toPerson(item: Readonly<Record<string, unknown>>): Person {
  return storedPerson.parse(item);
}

/** All of them, or a refusal that points at each who is not one of the company’s people. */
export function ofCompany(
  people: readonly (Person | undefined)[],
  pointer: (index: number) => string,
): Person[] {
  const errors = people.flatMap((one, index) =>
    one ? [] : [{ pointer: pointer(index), message: 'is not one of the company’s people' }],
  );
  if (errors.length > 0) throw new Problem(notOfCompany, undefined, { errors });
  return people.filter((one) => one !== undefined);
}
