import * as z from 'zod';
import { foldName, id, line } from '../kit/text.ts';
import { type Facts, type Filter, filter, passes } from './filter.ts';

/** A derived group of the customer's company: the company, one of its organizations, or a department of one. */
export const groupChoice = z
  .strictObject({
    organization: line(80).nullable().describe('Must be said: null is the whole company'),
    department: line(80).nullable().default(null),
  })
  .refine(({ organization, department }) => department === null || organization !== null, {
    message: 'needs an organization',
    path: ['department'],
  });
export type GroupChoice = z.output<typeof groupChoice>;

const distinct = (list: readonly string[]) => new Set(list).size === list.length;

/** A named group of a customer, as far as it says who belongs to it. */
export interface Gathering {
  readonly id: string;
  readonly name: string;
  readonly filters: readonly Filter[];
}

/** Who belongs to a marketplace: everyone, or whom any of the lists names. */
export const peopleFields = {
  everyone: z.boolean().describe('Everyone of this customer; the lists are kept and do not count meanwhile'),
  people: z.array(id('person')).max(200).refine(distinct, 'names a person twice'),
  groups: z.array(groupChoice).max(50),
  filters: z.array(filter).max(10).describe('Dynamic: people who pass any of them, now or later'),
  dynamicGroups: z
    .array(id('dynamicGroup'))
    .max(20)
    .refine(distinct, 'names a group twice')
    .describe('Dynamic groups of this customer, as they are now or later'),
};

/** Who belongs to a marketplace, with its dynamic groups as they stand. */
export interface Rules {
  readonly everyone: boolean;
  readonly people: readonly string[];
  readonly groups: readonly GroupChoice[];
  readonly filters: readonly Filter[];
  readonly gatherings: readonly Gathering[];
}

/** The same as it is stored and sent: dynamic groups by their ids. */
export interface SaidRules extends Omit<Rules, 'gatherings'> {
  readonly dynamicGroups: readonly string[];
}

/** Rules with the groups that they name; undefined where one of them is not told and would count. */
export function gathered(
  { everyone, people, groups, filters, dynamicGroups }: SaidRules,
  told: ReadonlyMap<string, Gathering>,
): Rules | undefined {
  const gatherings = dynamicGroups.flatMap((one) => told.get(one) ?? []);
  if (!everyone && gatherings.length < dynamicGroups.length) return undefined;
  return { everyone, people, groups, filters, gatherings };
}

/** Why a person belongs to a marketplace. */
export const reason = z.strictObject({
  rule: z.enum(['EVERYONE', 'PERSON', 'GROUP', 'DYNAMIC_GROUP', 'FILTER']),
  group: z
    .strictObject({ organization: z.string().nullable(), department: z.string().nullable() })
    .optional(),
  dynamicGroup: z.strictObject({ id: z.string(), name: z.string() }).optional(),
  filter: z
    .strictObject({
      all: z.array(z.strictObject({ attribute: z.string(), op: z.string(), values: z.array(z.string()) })),
    })
    .optional(),
});
export type Reason = z.infer<typeof reason>;

const same = (a: string | null, b: string | null) =>
  a === null || b === null ? a === b : foldName(a) === foldName(b);

/** Whether a place lies in a group: a company holds its organizations, these their departments. */
export function inGroup(place: Facts['place'], { organization, department }: GroupChoice): boolean {
  if (!place) return false;
  if (organization === null) return true;
  if (!same(place.organization, organization)) return false;
  return department === null || same(place.department, department);
}

/** The first rule that includes a person; undefined where none does. */
export function matched(rules: Rules, facts: Facts): Reason | undefined {
  if (rules.everyone) return { rule: 'EVERYONE' };
  if (rules.people.includes(facts.id)) return { rule: 'PERSON' };
  const group = rules.groups.find((one) => inGroup(facts.place, one));
  if (group) return { rule: 'GROUP', group };
  for (const { id, name, filters } of rules.gatherings) {
    const found = passed(filters, facts);
    if (found) return { rule: 'DYNAMIC_GROUP', dynamicGroup: { id, name }, filter: found };
  }
  const found = passed(rules.filters, facts);
  return found && { rule: 'FILTER', filter: found };
}

/** The first filter that a person passes. */
export const passed = (filters: readonly Filter[], facts: Facts): Filter | undefined =>
  filters.find((one) => passes(facts, one));

/** Marketplaces by their numbers: the rules of each, and those whose rules could not be read. */
export interface Numbered {
  readonly rules: readonly (Rules & { readonly number: number })[];
  readonly unread: readonly number[];
}

/**
 * The numbers that a person's row holds: of the marketplaces not for everyone that include the person, in order. One
 * whose rules could not be read (`untold`) stays as it was `held`, and the others are told all the same.
 */
export function marketsOf(
  facts: Facts,
  { rules, unread }: Numbered,
  held: readonly number[],
): { readonly numbers: number[]; readonly untold: readonly number[] } {
  const theirs = rules.filter((one) => !one.everyone && matched(one, facts)).map(({ number }) => number);
  const kept = unread.filter((one) => held.includes(one));
  return { numbers: [...theirs, ...kept].toSorted((a, b) => a - b), untold: unread };
}
