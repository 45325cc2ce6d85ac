import * as z from 'zod';
import { digest } from '../kit/digest.ts';
import { globalCompanyId } from '../kit/id.ts';
import {
  companyGroupKey,
  companyKey,
  companyTypeEntry,
  type Key,
  nameEntry,
  uniqueKey,
} from '../kit/keys.ts';
import type { Item, Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { foldName, line, name } from '../kit/text.ts';
import { companyNameTaken } from './problems.ts';

export const companyType = z
  .enum([
    'CUSTOMER',
    'OPERATING_COMPANY',
    'SERVICE_PROVIDER',
    'VENDOR',
    'GENERIC_CONTACT',
    'SUPPLIER',
    'MANUFACTURER',
  ])
  .describe('The ITSM company type; a MANUFACTURER has no people and is never a customer');
export type CompanyType = z.infer<typeof companyType>;

/** A company of the provider's directory: where people are, and what becomes a customer. */
export const company = z.strictObject({
  id: z.string().describe('`com_…`'),
  name: z.string(),
  type: companyType,
  organizations: z.array(z.string()).describe('Its organisational structure, for information'),
  locations: z.array(z.string()).describe('Its sites, for information'),
  state: z.enum(['ACTIVE']),
  global: z.boolean().describe('The pre-installed company that means "applies to all"'),
  eligibleAsCustomer: z.boolean(),
  customerId: z.string().nullable().describe('The customer that it has become'),
  createdAt: z.string(),
});
export type Company = z.infer<typeof company>;

export const companySummary = company.pick({
  id: true,
  name: true,
  type: true,
  state: true,
  global: true,
  eligibleAsCustomer: true,
});

/** A company as read: with its version, and every stored attribute, ours or another context's. */
export interface StoredCompany {
  readonly value: Company;
  readonly version: number;
  readonly item: Readonly<Record<string, unknown>>;
}

const places = z
  .array(line(80))
  .max(50)
  .refine((list) => new Set(list.map(foldName)).size === list.length, 'names a place twice');

export const newCompany = z.strictObject({
  name: name(80).describe('Unique among the provider’s companies, whatever the case'),
  type: companyType,
  organizations: places.default([]),
  locations: places.default([]),
});
export type NewCompany = z.output<typeof newCompany>;

export const changedCompany = z.strictObject({
  name: name(80).optional(),
  type: companyType.optional(),
  organizations: places.nullable().optional(),
  locations: places.nullable().optional(),
});

/** People can be added to any company but a manufacturer and Global; those are eligible as customers. */
export function mayHavePeople({ id, type }: Pick<Company, 'id' | 'type'>): boolean {
  return type !== 'MANUFACTURER' && id !== globalCompanyId;
}

const globalName = 'Global';

/** The Global company, which no provider stores. */
export const theGlobalCompany: StoredCompany = {
  value: {
    id: globalCompanyId,
    name: globalName,
    type: 'OPERATING_COMPANY',
    organizations: [],
    locations: [],
    state: 'ACTIVE',
    global: true,
    eligibleAsCustomer: false,
    customerId: null,
    createdAt: '1970-01-01T00:00:00.000Z',
  },
  version: 1,
  item: {},
};

export const companyNameKey = (providerId: string, name: string): Key =>
  uniqueKey(providerId, 'COMPANY_NAME', digest('company-name', foldName(name)));

/** A company has become a customer when this exists; the customers context makes it. */
export const customerCompanyKey = (providerId: string, companyId: string): Key =>
  uniqueKey(providerId, 'CUSTOMER_COMPANY', digest('company', companyId));

/** The name that no company but Global itself has. */
export const isReservedName = (name: string): boolean => foldName(name) === foldName(globalName);

/** Makes a company's name its own; the item leads from the name to the company. */
export const uniqueName = (providerId: string, { id, name }: Company): Write => ({
  do: 'create',
  item: { ...companyNameKey(providerId, name), kind: 'unique', companyId: id },
  taken: new Problem(companyNameTaken),
});

/** A company as first stored: its profile, its name, and the count of its people. */
export function companyWrites(providerId: string, added: Company): Write[] {
  return [
    { do: 'create', item: { ...companyItem(providerId, added), version: 1 } },
    uniqueName(providerId, added),
    {
      do: 'create',
      item: { ...companyGroupKey(providerId, added.id), kind: 'companyGroup', members: 0, version: 1 },
    },
  ];
}

/** A new company in full. */
export function makeCompany(command: NewCompany, made: { id: string; now: string }): Company {
  return {
    id: made.id,
    ...command,
    state: 'ACTIVE',
    global: false,
    eligibleAsCustomer: mayHavePeople({ id: made.id, type: command.type }),
    customerId: null,
    createdAt: made.now,
  };
}

/** A company as stored, without its version. */
export function companyItem(providerId: string, value: Company): Item {
  const { eligibleAsCustomer: _derived, customerId, ...rest } = value;
  const sortName = foldName(value.name);
  return {
    ...companyKey(providerId, value.id),
    ...nameEntry(providerId, 'COMPANY', sortName, value.id),
    ...companyTypeEntry(providerId, value.type, sortName),
    ...rest,
    ...(customerId === null ? {} : { customerId }),
    kind: 'company',
  };
}

const stored = company
  .omit({ eligibleAsCustomer: true, customerId: true })
  .extend({ customerId: z.string().optional(), version: z.number() })
  .strip();

/** A stored item as a company. */
export function toCompany(item: Readonly<Record<string, unknown>>): StoredCompany {
  const { version, customerId = null, ...rest } = stored.parse(item);
  return { value: { ...rest, customerId, eligibleAsCustomer: mayHavePeople(rest) }, version, item };
}

/** What an index knows of a company. */
export function toCompanySummary(item: Readonly<Record<string, unknown>>): z.infer<typeof companySummary> {
  const { id, name, type, state } = stored
    .pick({ id: true, name: true, type: true, state: true })
    .parse(item);
  return { id, name, type, state, global: false, eligibleAsCustomer: mayHavePeople({ id, type }) };
}

/** Whether a list with these filters shows the Global company. */
export function showsGlobal(query: { q?: string | undefined; type?: CompanyType | undefined }): boolean {
  const { name, type } = theGlobalCompany.value;
  return foldName(name).startsWith(foldName(query.q ?? '')) && (query.type ?? type) === type;
}
