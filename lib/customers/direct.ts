import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { limitAlong } from '../kit/inherit.ts';
import { settingsKey } from '../kit/keys.ts';
import { type Plan, refuse } from '../kit/plan.ts';
import { malformed, notFound, Problem } from '../kit/problem.ts';
import { depthOf, inScope, maxDepth, type Node, providerOf } from '../kit/scope.ts';
import { domain, email, id, line, name, whole } from '../kit/text.ts';
import { allowedAlong } from './cascade.ts';
import { chooseCode, takeCode } from './code.ts';
import { exchangeBillingId, exchangeDomains, type Holders, holdDomains } from './domain.ts';
import { customerAdded } from './events.ts';
import { type Forest, unchanged } from './forest.ts';
import {
  allowedByDefault,
  code,
  contact,
  contactNames,
  customerType,
  domains,
  locale,
  ouStructure,
  passwordRule,
  type RoleName,
  restrictedByDefault,
  restrictedSet,
  roleSet,
} from './particulars.ts';
import { limitAbove, mspModeOff, parentNotReseller, roleRestricted, tooDeep } from './problems.ts';
import { auditable, type Customer, customerName, toItem, uniqueName, unsaid } from './profile.ts';
import { admit } from './reseller.ts';
import { mustBeFree } from './settings.ts';

/** A customer that is no company of the directory: quick with name, e-mail and domain, or in full. */
export const directCustomer = z
  .strictObject({
    parentId: z
      .union([id('provider'), id('customer')])
      .optional()
      .describe('Your own node where absent'),
    name: customerName,
    email,
    domain: domain.optional().describe('The only domain; else send `domains`'),
    domains: domains.optional(),
    shareDomains: z.boolean().default(false).describe('Domains of the parent may be used here too'),
    code: code.optional(),
    customerType: customerType.default('STANDARD'),
    accountManagerEmail: email.optional(),
    billingId: line(64).optional(),
    location: line(64).optional(),
    locale: locale.optional(),
    userLimit: whole(0, 1_000_000).optional(),
    passwordRule: passwordRule.optional(),
    ouStructure: ouStructure.optional(),
    allowedRoles: roleSet.optional().describe('All but the My-roles where absent'),
    restrictedRoles: restrictedSet.optional(),
    ...z.object({ ...contact, contactName: name(80) }).partial().shape,
  })
  .refine((one) => (one.domain === undefined) !== (one.domains === undefined), {
    path: ['domain'],
    message: 'or `domains` is needed, not both',
  })
  .meta({ oneOf: [{ required: ['domain'] }, { required: ['domains'] }] });
export type DirectCustomer = z.output<typeof directCustomer>;

/** What the tree and the names taken say when a customer is to be added below a parent. */
export interface Surroundings {
  readonly mspModeOn: boolean;
  readonly parent: Node | undefined;
  readonly forest: Forest;
  /** Stored profiles from the provider to the parent, as far as the command needs them. */
  readonly line: readonly Readonly<Record<string, unknown>>[];
  readonly codesTaken: readonly string[];
  readonly holders: Holders;
}

export const domainsAsked = (command: DirectCustomer) =>
  command.domains ?? [{ name: command.domain ?? '', primary: true }];

/** True when what every node above allows has to be known. */
export const narrows = (command: DirectCustomer): boolean =>
  command.allowedRoles !== undefined ||
  command.userLimit !== undefined ||
  command.locale !== undefined ||
  command.passwordRule !== undefined ||
  command.ouStructure !== undefined;

/** Adds a customer below the provider or a reseller. */
export function addDirectly(
  home: Node,
  input: { command: DirectCustomer; found: Surroundings },
  made: { id: string; now: string; again: boolean },
): Plan<Customer> {
  const { command, found } = input;
  const { locale, passwordRule, ouStructure } = command;
  const parent = parentOf(home, found.parent);
  if (!found.mspModeOn) refuse(mspModeOff);
  mustFit(command, found.line);
  mustBeFree({ locale, passwordRule, ouStructure }, found.line);
  const added = describe(command, { ...made, found, parent });
  const providerId = providerOf(parent);
  return {
    writes: [
      { do: 'create', item: toItem(added, { path: [...parent.path, added.id], version: 1 }) },
      uniqueName(providerId, added),
      takeCode(providerId, { id: added.id, code: added.code ?? '', chosen: command.code !== undefined }),
      ...exchangeDomains(providerId, added.id, { before: [], after: added.domains }),
      ...exchangeBillingId(providerId, added.id, { before: null, after: added.billingId }),
      ...admit(parent),
      ...(parent.type === 'PROVIDER' ? [] : [unchanged(providerId, found.forest)]),
      {
        do: 'adjust',
        key: settingsKey(providerId, 'MSP_MODE'),
        add: { customers: 1, version: 1 },
        atLeast: { enabled: 1 },
        short: new Problem(mspModeOff),
      },
    ],
    receipt: { action: 'customers.add', subject: added.id, tenantId: added.id, after: auditable(added) },
    announcements: [
      announce(customerAdded, added.id, {
        name: added.name,
        companyId: null,
        parentId: parent.id,
        administrators: [],
      }),
    ],
    reply: { body: added, version: 1, location: `/v1/customers/${added.id}` },
  };
}

/** The parent, where it may have a child of the caller's making. */
export function parentOf(home: Node, parent: Node | undefined): Node {
  if (!parent || !inScope(home, parent) || parent.type === 'PLATFORM') refuse(notFound);
  if (parent.type === 'CUSTOMER') refuse(parentNotReseller);
  if (depthOf(parent) + 1 > maxDepth) refuse(tooDeep);
  return parent;
}

/** Roles and user limit must be what every node above gives; nobody allows and restricts a role in one breath. */
export function mustFit(
  asked: {
    readonly allowedRoles?: readonly RoleName[] | undefined;
    readonly restrictedRoles?: readonly RoleName[] | undefined;
    readonly userLimit?: number | null | undefined;
  },
  line: readonly Readonly<Record<string, unknown>>[],
): void {
  const both = (asked.allowedRoles ?? []).flatMap((role, index) =>
    asked.restrictedRoles?.includes(role)
      ? [{ pointer: `#/allowedRoles/${index}`, message: 'is named in restrictedRoles too' }]
      : [],
  );
  if (both.length > 0) throw new Problem(malformed, undefined, { errors: both });
  const given = allowedAlong(line);
  const errors = (asked.allowedRoles ?? []).flatMap((role, index) =>
    given.includes(role) ? [] : [{ pointer: `#/allowedRoles/${index}`, message: 'is restricted above' }],
  );
  if (errors.length > 0) throw new Problem(roleRestricted, undefined, { errors });
  const most = limitAlong(line);
  if (most && asked.userLimit && asked.userLimit > most.limit) refuse(limitAbove, undefined, { ...most });
}

function describe(
  command: DirectCustomer,
  made: { id: string; now: string; again: boolean; found: Surroundings; parent: Node },
): Customer {
  const { found, parent } = made;
  const details = Object.fromEntries(contactNames.map((one) => [one, command[one] ?? null]));
  return {
    ...unsaid,
    ...(details as Record<(typeof contactNames)[number], string | null>),
    id: made.id,
    parentId: parent.id,
    code: command.code ?? chooseCode(command.name, found.codesTaken, made.again),
    name: command.name,
    reseller: false,
    customerType: command.customerType,
    accountManagerEmail: command.accountManagerEmail ?? null,
    email: command.email,
    billingId: command.billingId ?? null,
    location: command.location ?? null,
    domains: holdDomains(domainsAsked(command), {
      holders: found.holders,
      parent,
      share: command.shareDomains,
    }),
    locale: command.locale ?? null,
    userLimit: command.userLimit ?? null,
    passwordRule: command.passwordRule ?? null,
    ouStructure: command.ouStructure ?? null,
    allowedRoles: [...(command.allowedRoles ?? allowedByDefault)],
    restrictedRoles: [
      ...(command.restrictedRoles ??
        restrictedByDefault.filter((one) => !command.allowedRoles?.includes(one))),
    ],
    createdAt: made.now,
  };
}
