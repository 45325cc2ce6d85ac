import type { Key } from '../kit/keys.ts';
import type { Write } from '../kit/plan.ts';
import {
  companyNameKey,
  companyWrites,
  isReservedName,
  makeCompany,
  mayHavePeople,
  type NewCompany,
  type StoredCompany,
} from './company.ts';
import { countMembers, groupKey, groupsOf, type Step } from './group.ts';
import { addressKey, loginKey, makePerson, personWrites } from './person.ts';
import {
  companyNameTaken,
  emailTaken,
  loginTaken,
  peopleNotAllowed,
  unplacedDepartment,
} from './problems.ts';
import { type Checked, type PersonRow, type Result, rowId } from './row.ts';
import type { Settled } from './settlement.ts';

/** Who lands rows, when. */
export interface Landing {
  readonly providerId: string;
  readonly operationId: string;
  readonly now: string;
  /** Writes that one transaction has for rows. */
  readonly room: number;
}

const wrong = (line: number, field: string, message: string): Result => ({ line, field, message });

/** Lands rows of companies until the room is used: those whose name is free; `taken` holds the sort keys of names in use. */
export function landCompanies(
  rows: readonly Checked<NewCompany>[],
  taken: ReadonlySet<string>,
  by: Landing,
): Settled {
  const writes: Write[] = [];
  const results: Result[] = [];
  const used = new Set(taken);
  for (const row of rows) {
    if (writes.length + 3 > by.room) break;
    if ('wrong' in row) {
      results.push(row.wrong);
      continue;
    }
    const { SK } = companyNameKey(by.providerId, row.value.name);
    if (used.has(SK) || isReservedName(row.value.name)) {
      results.push(wrong(row.line, 'name', companyNameTaken.title));
      continue;
    }
    used.add(SK);
    const added = makeCompany(row.value, {
      id: rowId('company', by.operationId, row.index),
      now: by.now,
    });
    writes.push(...companyWrites(by.providerId, added));
    results.push({ line: row.line, id: added.id });
  }
  return { writes, results };
}

/** What the landing of people must know: sort keys of logins and addresses in use and of counters that exist, companies by name key. */
export interface KnownPeople {
  readonly taken: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
  readonly companies: ReadonlyMap<string, StoredCompany>;
}

/** Lands rows of people until the room is used; counters count as writes, once for each transaction. */
export function landPeople(rows: readonly Checked<PersonRow>[], known: KnownPeople, by: Landing): Settled {
  const people: Write[] = [];
  const results: Result[] = [];
  const steps: Step[] = [];
  const landed: Record<string, string[]> = {};
  const counters = new Set<string>();
  const used = new Set(known.taken);
  for (const row of rows) {
    if ('wrong' in row) {
      results.push(row.wrong);
      continue;
    }
    const refusal = whyNot(row.value, { ...known, taken: used }, by.providerId);
    if (refusal) {
      results.push(wrong(row.line, ...refusal));
      continue;
    }
    const { company, ...command } = row.value;
    const companyId = known.companies.get(companyNameKey(by.providerId, company).SK)?.value.id ?? '';
    const added = makePerson(command, {
      id: rowId('person', by.operationId, row.index),
      companyId,
      now: by.now,
    });
    const more = groupsOf(added).map((place) => groupKey(by.providerId, place).SK);
    if (people.length + 3 + new Set([...counters, ...more]).size > by.room) break;
    for (const counter of more) counters.add(counter);
    for (const { SK } of keysOf(command, by.providerId)) used.add(SK);
    people.push(...personWrites(by.providerId, added));
    steps.push({ place: added, by: 1 });
    landed[companyId] = [...(landed[companyId] ?? []), added.id];
    results.push({ line: row.line, id: added.id });
  }
  const counts = countMembers(by.providerId, steps, known.groups);
  return { writes: [...people, ...counts], results, people: landed };
}

const keysOf = (row: Pick<PersonRow, 'loginName' | 'email'>, providerId: string): [Key, Key] => [
  loginKey(providerId, row.loginName),
  addressKey(providerId, row.email),
];

function whyNot(row: PersonRow, known: KnownPeople, providerId: string): [string, string] | undefined {
  const company = known.companies.get(companyNameKey(providerId, row.company).SK);
  const [login, address] = keysOf(row, providerId);
  if (isReservedName(row.company)) return ['company', peopleNotAllowed.title];
  if (!company) return ['company', 'There is no such company'];
  if (!mayHavePeople(company.value)) return ['company', peopleNotAllowed.title];
  if (row.department !== undefined && row.organization === undefined)
    return ['department', unplacedDepartment.title];
  if (known.taken.has(login.SK)) return ['loginName', loginTaken.title];
  if (known.taken.has(address.SK)) return ['email', emailTaken.title];
  return undefined;
}
