import * as z from 'zod';
import type { Key } from '../kit/keys.ts';
import { personKey, userKey } from '../kit/keys.ts';
import type { Facts } from './filter.ts';

/** What an end user's row is made from: a person of the customer's company, or a user of the customer. */
export interface Source {
  readonly personId: string;
  readonly source: 'DIRECTORY' | 'USER';
  readonly key: Key;
  readonly version: number;
  readonly companyId?: string | undefined;
  readonly email: string;
  readonly name: string;
  readonly endsAt?: string | undefined;
  /** Whether they may be here now: users who are disabled or whose time is over may not. */
  readonly present: boolean;
  readonly facts: Facts;
}

/** The company that a customer was made from. */
export interface Company {
  readonly id: string;
  readonly name: string;
}

const person = z.object({
  id: z.string(),
  companyId: z.string(),
  name: z.string(),
  email: z.string(),
  organization: z.string().nullish(),
  department: z.string().nullish(),
  location: z.string().nullish(),
  attributes: z.record(z.string(), z.string()).default({}),
  version: z.number(),
});

/** A stored person of the directory. What the directory itself says of a person counts before an imported attribute of the same name. */
export function fromPerson(
  item: Readonly<Record<string, unknown>>,
  at: { providerId: string; company: Company },
): Source {
  const { id, companyId, name, email, version, attributes, ...place } = person.parse(item);
  const { organization = null, department = null, location = null } = place;
  return {
    personId: id,
    source: 'DIRECTORY',
    key: personKey(at.providerId, companyId, id),
    version,
    companyId,
    email,
    name,
    present: companyId === at.company.id,
    facts: {
      id,
      place: { organization, department },
      attributes: {
        ...attributes,
        company: at.company.name,
        ...said({ organization, department, location }),
      },
    },
  };
}

const user = z.object({
  id: z.string(),
  name: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  email: z.string(),
  summary: z.object({
    upn: z.string(),
    userName: z.string(),
    disabled: z.boolean(),
    expiresOn: z.string().nullable(),
  }),
  version: z.number(),
});

const day = 24 * 3600_000;

/** The person that a user signs in as, and back. */
export const personOfUser = (userId: string): string => `per_${userId.slice(-26)}`;
export const userOfPerson = (personId: string): string => `usr_${personId.slice(-26)}`;

/** A stored user of a customer. */
export function fromUser(
  item: Readonly<Record<string, unknown>>,
  at: { customerId: string; now: string },
): Source {
  const { id, name, firstName, lastName, email, summary, version } = user.parse(item);
  const { upn, userName, disabled, expiresOn } = summary;
  const endsAt = expiresOn === null ? undefined : new Date(Date.parse(expiresOn) + day).toISOString();
  const personId = personOfUser(id);
  return {
    personId,
    source: 'USER',
    key: userKey(at.customerId, id),
    version,
    email,
    name,
    endsAt,
    present: !disabled && (endsAt === undefined || endsAt > at.now),
    facts: {
      id: personId,
      place: undefined,
      attributes: { displayName: name, firstName, lastName, userName, upn, domain: upn.split('@')[1] ?? '' },
    },
  };
}

function said(values: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
}
