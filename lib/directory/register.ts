import type * as z from 'zod';
import { announce } from '../kit/event.ts';
import { companyGroupKey, companyKey } from '../kit/keys.ts';
import { difference, type Plan, refuse, type Write } from '../kit/plan.ts';
import { foldName } from '../kit/text.ts';
import {
  type Company,
  type changedCompany,
  companyItem,
  companyNameKey,
  companyWrites,
  isReservedName,
  makeCompany,
  mayHavePeople,
  type NewCompany,
  type StoredCompany,
  uniqueName,
} from './company.ts';
import { companyAdded, companyChanged, companyRemoved } from './events.ts';
import {
  companyHasPeople,
  companyIsCustomer,
  companyNameTaken,
  companyTypeFixed,
  globalCompany,
} from './problems.ts';

/** Adds a company to the directory. */
export function addCompany(
  providerId: string,
  command: NewCompany,
  made: { id: string; now: string },
): Plan<Company> {
  if (isReservedName(command.name)) refuse(companyNameTaken);
  const added = makeCompany(command, made);
  return {
    writes: companyWrites(providerId, added),
    receipt: { action: 'companies.add', subject: added.id, after: { ...added } },
    announcements: [announce(companyAdded, added.id, { type: added.type })],
    reply: { body: added, version: 1, location: `/v1/companies/${added.id}` },
  };
}

/** Renames a company or describes it otherwise. Nothing is written where nothing differs. */
export function changeCompany(
  providerId: string,
  current: StoredCompany,
  change: z.output<typeof changedCompany>,
): Plan<Company> {
  const before = current.value;
  if (before.global) refuse(globalCompany);
  const after: Company = {
    ...before,
    name: change.name ?? before.name,
    type: change.type ?? before.type,
    organizations: change.organizations === undefined ? before.organizations : (change.organizations ?? []),
    locations: change.locations === undefined ? before.locations : (change.locations ?? []),
  };
  if (mayHavePeople(before) !== mayHavePeople(after)) refuse(companyTypeFixed);
  const told = difference(before, after);
  if (Object.keys(told.after).length === 0)
    return { writes: [], reply: { body: before, version: current.version } };
  const renamed = foldName(before.name) !== foldName(after.name);
  if (renamed && isReservedName(after.name)) refuse(companyNameTaken);
  const version = current.version + 1;
  return {
    writes: [
      {
        do: 'replace',
        version: current.version,
        item: { ...current.item, ...companyItem(providerId, after), version },
      },
      ...(renamed
        ? [
            uniqueName(providerId, after),
            { do: 'remove', key: companyNameKey(providerId, before.name) } satisfies Write,
          ]
        : []),
    ],
    receipt: { action: 'companies.change', subject: before.id, ...told },
    announcements: [
      announce(companyChanged, before.id, { name: after.name, changed: Object.keys(told.after) }),
    ],
    reply: { body: after, version },
  };
}

/** Removes a company that has no people and is no customer. */
export function removeCompany(
  providerId: string,
  state: { current: StoredCompany; people: { members: number; version: number }; isCustomer: boolean },
): Plan {
  const { current, people } = state;
  const { value } = current;
  if (value.global) refuse(globalCompany);
  if (state.isCustomer || value.customerId !== null) refuse(companyIsCustomer);
  if (people.members > 0) refuse(companyHasPeople, `The company still has ${people.members} people`);
  return {
    writes: [
      { do: 'remove', key: companyKey(providerId, value.id), version: current.version },
      { do: 'remove', key: companyGroupKey(providerId, value.id), version: people.version },
      { do: 'remove', key: companyNameKey(providerId, value.name) },
    ],
    receipt: { action: 'companies.remove', subject: value.id, before: { ...value } },
    announcements: [announce(companyRemoved, value.id, {})],
    reply: { status: 204 },
  };
}
