import * as z from 'zod';
import { dayAfter } from '../kit/day.ts';
import { sayingAlong } from '../kit/inherit.ts';
import { type Desired, type DesiredUser, ouStructures } from './desired.ts';
import { providerCode } from './naming.ts';

type Raw = Readonly<Record<string, unknown>>;

/** What the items of the tree say, as far as the directory is concerned. */
const node = z.object({
  id: z.string(),
  name: z.string(),
  path: z.string(),
  code: z.string().nullable().catch(null),
  ouStructure: z.enum(ouStructures).nullable().catch(null),
  locks: z.array(z.string()).catch([]),
  type: z.string().optional(),
  status: z.string().optional(),
  adminState: z.string().optional(),
  engine: z.object({ reached: z.string(), requested: z.object({ what: z.string() }).optional() }).optional(),
  passwordRule: z
    .object({ minLength: z.number().nullable().catch(null) })
    .nullable()
    .catch(null),
  version: z.number(),
});

const user = z.object({
  id: z.string(),
  version: z.number(),
  status: z.string().catch('Provisioned'),
  leaving: z.boolean().catch(false),
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
  /** What the provider says for all below it. */
  readonly defaults?: Raw | undefined;
}

const codeOf = (one: { id: string; code: string | null }): string =>
  one.code ?? (one.id.startsWith('prv_') ? providerCode(one.id) : `C${one.id.slice(-8)}`);

/** The state that a customer's items ask for. `known` stands in for a customer or user that is gone. */
export function desiredFrom(
  { customer, above, services, user: one, userServices, defaults }: Surroundings,
  known: {
    customerId: string;
    version: number;
    code?: string | null;
    user?: Named | undefined;
    publicKey?: string | null;
  },
): Desired {
  const fallback = { id: known.customerId, code: known.code ?? null };
  const self = customer ? node.parse(customer) : undefined;
  const line = lineOf([...above, ...(customer ? [customer] : [])], defaults);
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
  const inService = self !== undefined && isInService(self);
  const wanted = one ? toUser(one, codes) : known.user && gone(known.user);
  return {
    version: known.version,
    code: codeOf(self ?? fallback),
    reseller: self?.type === 'RESELLER',
    inService,
    suspended: self?.adminState === 'DISABLED',
    name: self?.name ?? codeOf(fallback),
    parents: above.map(toParent),
    ouStructure: sayingAlong(line, 'ouStructure').saying?.ouStructure ?? 'UNGROUPED',
    // What it has comes back with it.
    services: inService ? had.map(({ code }) => code) : [],
    users: wanted ? [wanted] : [],
    everyone: true,
    passwordLength: lengthAlong(line),
    publicKey: known.publicKey ?? null,
  };
}

/** A node above as the engine names it. */
export function toParent(item: Raw): Desired['parents'][number] {
  const parent = node.parse(item);
  return { id: parent.id, code: codeOf(parent), name: parent.name };
}

// As long as the rule in force asks for, and never a short one.
const lengthAlong = (line: readonly Seen[]): number =>
  Math.max(24, sayingAlong(line, 'passwordRule').saying?.passwordRule?.minLength ?? 0);

type Seen = z.output<typeof node>;

// From the provider, with what it says for all, down to the customer.
function lineOf(items: readonly Raw[], defaults: Raw | undefined): Seen[] {
  return items.map((item, index) => {
    if (index > 0 || !defaults) return node.parse(item);
    const { passwordRule, ouStructure, locks } = defaults;
    return node.parse({ ...item, passwordRule, ouStructure, locks });
  });
}

// What was asked for last counts, whether it is done or not.
function isInService({ engine, status }: Seen): boolean {
  if (!engine) return status !== 'NotProvisioned';
  return engine.requested ? engine.requested.what === 'provision' : engine.reached === 'Provisioned';
}

/** A user and the version that was seen. */
export interface Named {
  readonly id: string;
  readonly version: number;
}

export const namedUser = (item: Raw): Named => ({ id: String(item.id), version: Number(item.version) });

/** True for a user who is not in the directory, or is to leave it. */
export function isOut(item: Raw): boolean {
  const { status, leaving } = user.parse({ ...item, ...(item.summary as object), displayName: item.name });
  return leaving || status === 'NotProvisioned';
}

function toUser(item: Raw, services: string[]): DesiredUser {
  const {
    upn,
    disabled,
    expiresOn,
    expiresAt,
    roles,
    status: _,
    leaving: __,
    ...rest
  } = user.parse({
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

// Who is gone is known by id alone; of an account that stands the engine has its own belief.
function gone(known: Named): DesiredUser {
  return {
    ...known,
    userName: known.id,
    userPrincipalName: known.id,
    displayName: known.id,
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
