import * as z from 'zod';
import { dayAfter } from '../kit/day.ts';
import { type Desired, type DesiredUser, ouStructures } from './desired.ts';
import { providerCode } from './naming.ts';

type Raw = Readonly<Record<string, unknown>>;

/** What the items of the tree say, as far as the directory is concerned. */
const node = z.object({
  id: z.string(),
  name: z.string(),
  path: z.string(),
  code: z.string().nullable().catch(null),
  domains: z.array(z.object({ name: z.string() }).transform(({ name }) => name)).catch([]),
  ouStructure: z.enum(ouStructures).catch('UNGROUPED'),
  type: z.string().optional(),
  status: z.string().optional(),
  passwordRule: z
    .object({ minLength: z.number().nullable().catch(null) })
    .nullable()
    .catch(null),
  version: z.number(),
});

const user = z.object({
  id: z.string(),
  version: z.number(),
  userName: z.string(),
  upn: z.string(),
  displayName: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  email: z.string(),
  disabled: z.boolean().catch(false),
  expiresOn: z.string().nullable().catch(null),
  expiresAt: z.string().nullable().catch(null),
  changePasswordAtNextLogon: z.boolean().catch(true),
  passwordNeverExpires: z.boolean().catch(false),
  roles: z.array(z.string()).catch([]),
  department: z.string().nullable().catch(null),
  location: z.string().nullable().catch(null),
  folder: z.string().nullable().catch(null),
});

const instance = z.object({ code: z.string(), status: z.string(), serviceId: z.string(), epoch: z.number() });

/** Items that surround a customer: its own (absent when it was deleted), those above from the provider down, services. */
export interface Surroundings {
  readonly customer: Raw | undefined;
  readonly above: readonly Raw[];
  readonly services: readonly Raw[];
  readonly user: Raw | undefined;
  readonly userServices: readonly Raw[];
}

const codeOf = (one: { id: string; code: string | null }): string =>
  one.code ?? (one.id.startsWith('prv_') ? providerCode(one.id) : `C${one.id.slice(-8)}`);

/** The state that a customer's items ask for. `known` stands in for a customer or user that is gone. */
export function desiredFrom(
  { customer, above, services, user: one, userServices }: Surroundings,
  known: {
    customerId: string;
    version: number;
    code?: string | null;
    user?: { id: string; userName: string; upn: string; version: number };
    publicKey?: string | null;
  },
): Desired {
  const fallback = { id: known.customerId, code: known.code ?? null };
  const self = customer ? node.parse(customer) : undefined;
  const had = services
    .map((item) => instance.parse(item))
    .filter(({ status }) => status !== 'NotProvisioned');
  const codes = userServices
    .map((item) => instance.parse(item))
    .filter(({ status }) => status !== 'NotProvisioned')
    .filter((mine) =>
      had.some(({ serviceId, epoch }) => serviceId === mine.serviceId && epoch === mine.epoch),
    )
    .map(({ code }) => code);
  const wanted = one ? toUser(one, codes) : known.user && gone(known.user);
  return {
    version: known.version,
    code: codeOf(self ?? fallback),
    reseller: self?.type === 'RESELLER',
    inService: self?.status !== 'NotProvisioned',
    name: self?.name ?? codeOf(fallback),
    parents: above.map(toParent),
    domains: self?.domains ?? [],
    ouStructure: self?.ouStructure ?? 'UNGROUPED',
    services: had.map(({ code }) => code),
    users: wanted ? [wanted] : [],
    passwordLength: lengthAlong([...above, ...(customer ? [customer] : [])]),
    publicKey: known.publicKey ?? null,
  };
}

/** A node above as the engine names it. */
export function toParent(item: Raw): Desired['parents'][number] {
  const parent = node.parse(item);
  return { id: parent.id, code: codeOf(parent), name: parent.name };
}

// The longest that any node of the line asks for, and never a short one.
function lengthAlong(line: readonly Raw[]): number {
  return Math.max(24, ...line.map((item) => node.parse(item).passwordRule?.minLength ?? 0));
}

function toUser(item: Raw, services: string[]): DesiredUser {
  const { upn, disabled, expiresOn, expiresAt, roles, ...rest } = user.parse({
    ...item,
    ...(item.summary as object),
    displayName: item.name,
  });
  return {
    ...rest,
    userPrincipalName: upn,
    enabled: !disabled,
    expiresAt: expiresAt ?? (expiresOn && dayAfter(expiresOn, 'UTC')),
    administrator: roles.includes('CUSTOMER_ADMINISTRATOR'),
    services,
  };
}

function gone({
  upn,
  ...known
}: {
  id: string;
  userName: string;
  upn: string;
  version: number;
}): DesiredUser {
  return {
    ...known,
    userPrincipalName: upn,
    displayName: known.userName,
    firstName: null,
    lastName: null,
    email: null,
    enabled: false,
    administrator: false,
    services: [],
    changePasswordAtNextLogon: false,
    passwordNeverExpires: false,
    expiresAt: null,
    department: null,
    location: null,
    folder: null,
  };
}
