import * as z from 'zod';
import { digest } from '../kit/digest.ts';
import { announce } from '../kit/event.ts';
import { type Key, nameEntry, personKey, uniqueKey } from '../kit/keys.ts';
import { difference, type Item, type Plan, refuse, type Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { canonicalEmail, email, foldName, line, name } from '../kit/text.ts';
import { mayHavePeople, type StoredCompany } from './company.ts';
import { personAdded } from './events.ts';
import { countMembers } from './group.ts';
import { emailTaken, loginTaken, peopleNotAllowed, unplacedDepartment } from './problems.ts';

/** A person of one company: the record from which administrators and groups are taken. */
export const person = z.strictObject({
  id: z.string().describe('`per_…`'),
  companyId: z.string(),
  fullName: z.string(),
  loginName: z.string(),
  email: z.string(),
  organization: z.string().nullable(),
  department: z.string().nullable(),
  location: z.string().nullable(),
  attributes: z.record(z.string(), z.string()),
  state: z.enum(['ACTIVE']),
  createdAt: z.string(),
});
export type Person = z.infer<typeof person>;

export const personSummary = person.pick({
  id: true,
  companyId: true,
  fullName: true,
  email: true,
  state: true,
});

export interface StoredPerson {
  readonly value: Person;
  readonly version: number;
}

const loginName = line(120)
  .refine((value) => !/\s/.test(value), 'must not contain spaces')
  .describe('Unique in the provider, whatever the case; need not be the e-mail address');
/** A free attribute's name. */
export const attributeName = /^[A-Za-z][A-Za-z0-9_.-]{0,39}$/;

const attributes = z
  .record(z.string().regex(attributeName, 'must be a short name of letters and digits'), line(200))
  .refine((record) => Object.keys(record).length <= 20, 'has more than 20 attributes')
  .describe('Up to 20 free attributes');

export const newPerson = z.strictObject({
  fullName: name(120),
  loginName,
  email: email.describe('Unique in the provider, whatever the case'),
  organization: line(80).optional(),
  department: line(80).optional().describe('Needs an organization'),
  location: line(80).optional(),
  attributes: attributes.default({}),
});
export type NewPerson = z.output<typeof newPerson>;

export const changedPerson = z.strictObject({
  companyId: z
    .string()
    .regex(/^com_[0-9A-HJKMNP-TV-Z]{26}$/, 'must be a company id')
    .optional()
    .describe('Moves the person; the address of the resource changes with it'),
  fullName: name(120).optional(),
  loginName: loginName.optional(),
  email: email.optional(),
  organization: line(80).nullable().optional(),
  department: line(80).nullable().optional(),
  location: line(80).nullable().optional(),
  attributes: attributes.nullable().optional().describe('Replaces all of them; null clears them'),
});
export type ChangedPerson = z.output<typeof changedPerson>;

export const loginKey = (providerId: string, login: string): Key =>
  uniqueKey(providerId, 'LOGIN', digest('login', foldName(login)));
export const addressKey = (providerId: string, address: string): Key =>
  uniqueKey(providerId, 'PERSON_EMAIL', digest('person-email', canonicalEmail(address)));

export const uniqueLogin = (providerId: string, { id, loginName }: Person): Write => ({
  do: 'create',
  item: { ...loginKey(providerId, loginName), kind: 'unique', personId: id },
  taken: new Problem(loginTaken),
});

/** The address's item also leads from the address to the person. */
export const addressItem = (providerId: string, { id, companyId, email }: Person, version: number) => ({
  ...addressKey(providerId, email),
  kind: 'unique',
  personId: id,
  companyId,
  version,
});

export const uniqueAddress = (providerId: string, added: Person): Write => ({
  do: 'create',
  item: addressItem(providerId, added, 1),
  taken: new Problem(emailTaken),
});

/** A person as first stored, without the counters. */
export function personWrites(providerId: string, added: Person): Write[] {
  return [
    { do: 'create', item: { ...personItem(providerId, added), version: 1 } },
    uniqueLogin(providerId, added),
    uniqueAddress(providerId, added),
  ];
}

/** A new person in full. */
export function makePerson(command: NewPerson, made: { id: string; companyId: string; now: string }): Person {
  const { organization = null, department = null, location = null, ...rest } = command;
  return {
    id: made.id,
    companyId: made.companyId,
    ...rest,
    organization,
    department,
    location,
    state: 'ACTIVE',
    createdAt: made.now,
  };
}

/** A department is always one of an organization. */
export function isPlaced({ organization, department }: Person): boolean {
  return department === null || organization !== null;
}

/** Adds a person to a company that may have people. */
export function addPerson(
  providerId: string,
  state: { company: StoredCompany; groups: ReadonlySet<string> },
  command: { body: NewPerson; id: string; now: string },
): Plan<Person> {
  const { value } = state.company;
  if (!mayHavePeople(value)) refuse(peopleNotAllowed);
  const added = makePerson(command.body, { id: command.id, companyId: value.id, now: command.now });
  if (!isPlaced(added)) refuse(unplacedDepartment);
  return {
    writes: [
      ...personWrites(providerId, added),
      ...countMembers(providerId, [{ place: added, by: 1 }], state.groups),
    ],
    receipt: { action: 'people.add', subject: added.id, after: auditable(added) },
    announcements: [announce(personAdded, added.id, { companyId: value.id })],
    reply: { body: added, version: 1, location: personPath(added) },
  };
}

export const personPath = ({ companyId, id }: Person): string => `/v1/companies/${companyId}/people/${id}`;

export function personItem(providerId: string, value: Person): Item {
  const { fullName, ...rest } = value;
  return {
    ...personKey(providerId, value.companyId, value.id),
    ...nameEntry(providerId, peopleOf(value.companyId), foldName(fullName), value.id),
    ...rest,
    name: fullName,
    kind: 'person',
  };
}

/** The name index's word for the people of one company. */
export const peopleOf = (companyId: string): string => `PERSON#${companyId}`;

/** What an audit entry says of a person: where they stand, not who they are. */
export function auditable({
  companyId,
  organization,
  department,
  location,
}: Person): Record<string, unknown> {
  return { companyId, organization, department, location };
}

/** Names of the fields that differ. */
export function changedFields(before: Person, after: Person): string[] {
  const told = difference(before, after);
  return [...new Set([...Object.keys(told.before), ...Object.keys(told.after)])];
}

const stored = person.omit({ fullName: true }).extend({ name: z.string(), version: z.number() }).strip();

/** A stored item as a person. */
export function toPerson(item: Readonly<Record<string, unknown>>): StoredPerson {
  const { version, name, ...rest } = stored.parse(item);
  return { value: { ...rest, fullName: name }, version };
}

/** What an index knows of a person. */
export function toPersonSummary(
  item: Readonly<Record<string, unknown>>,
  companyId: string,
): z.infer<typeof personSummary> {
  const { id, name, email, state } = stored
    .pick({ id: true, name: true, email: true, state: true })
    .parse(item);
  return { id, companyId, fullName: name, email, state };
}
