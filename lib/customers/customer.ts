import type * as z from 'zod';
import { digest } from '../kit/digest.ts';
import { announce } from '../kit/event.ts';
import { globalCompanyId } from '../kit/id.ts';
import { settingsKey, uniqueKey } from '../kit/keys.ts';
import { difference, type Plan, refuse, type Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { type Node, providerOf } from '../kit/scope.ts';
import { appoint } from './administrator.ts';
import { type Company, eligible, ofCompany, type Person } from './company.ts';
import { customerAdded, customerChanged } from './events.ts';
import { alreadyCustomer, companyIneligible, companyUnknown, mspModeOff, nameNeeded } from './problems.ts';
import {
  auditable,
  type Customer,
  type changedCustomer,
  customerName,
  detailNames,
  nameKey,
  type newCustomer,
  toCustomer,
  toItem,
  uniqueName,
} from './profile.ts';

/** What the directory and the MSP mode say when a customer is to be added. */
export interface Facts {
  readonly mspModeOn: boolean;
  readonly company: Company | undefined;
  /** In the order of the command's administrators; undefined where the company has no such person. */
  readonly people: readonly (Person | undefined)[];
}

/** Makes a company of the directory a customer, with its first administrators. */
export function addCustomer(
  parent: Node,
  input: { command: z.output<typeof newCustomer>; facts: Facts },
  made: { id: string; now: string },
): Plan<Customer> {
  const { command, facts } = input;
  if (!facts.mspModeOn) refuse(mspModeOff);
  const company = chosen(command.companyId, facts.company);
  const people = ofCompany(facts.people, (index) => `#/administrators/${index}`);
  const added = describe(command, { ...made, parentId: parent.id, company });
  const administrators = people.map((one) => one.id);
  return {
    writes: [
      { do: 'create', item: toItem(added, { path: [...parent.path, added.id], version: 1 }) },
      uniqueName(providerOf(parent), added),
      ...become(company, { providerId: providerOf(parent), customerId: added.id }),
      ...people.flatMap((person, index) =>
        appoint(person, { customerId: added.id, now: made.now, pointer: `#/administrators/${index}` }),
      ),
    ],
    receipt: {
      action: 'customers.add',
      subject: added.id,
      tenantId: added.id,
      after: { ...auditable(added), administrators },
    },
    announcements: [
      announce(customerAdded, added.id, {
        name: added.name,
        companyId: company.id,
        parentId: parent.id,
        administrators,
      }),
    ],
    reply: { body: added, version: 1, location: `/v1/customers/${added.id}` },
  };
}

function chosen(companyId: string, company: Company | undefined): Company {
  const errors = (message: string) => ({ errors: [{ pointer: '#/companyId', message }] });
  if (companyId === globalCompanyId) {
    throw new Problem(companyIneligible, undefined, errors('is the Global company'));
  }
  if (!company) throw new Problem(companyUnknown, undefined, errors('is not a company of your directory'));
  if (!eligible(company)) throw new Problem(companyIneligible, undefined, errors('is a manufacturer'));
  if (company.customerId) throw new Problem(alreadyCustomer, undefined, errors('is a customer already'));
  return company;
}

function describe(
  command: z.output<typeof newCustomer>,
  made: { id: string; now: string; parentId: string; company: Company },
): Customer {
  const named = customerName.safeParse(command.name ?? made.company.name);
  if (!named.success) {
    const errors = [{ pointer: '#/name', message: 'is needed: at most 50 characters, no web address' }];
    throw new Problem(nameNeeded, undefined, { errors });
  }
  const details = Object.fromEntries(detailNames.map((field) => [field, command[field] ?? null]));
  return {
    id: made.id,
    parentId: made.parentId,
    companyId: made.company.id,
    name: named.data,
    accountManagerEmail: command.accountManagerEmail,
    ...(details as Record<(typeof detailNames)[number], string | null>),
    state: 'ACTIVE',
    createdAt: made.now,
  };
}

/** Binds to the company as seen, and to MSP mode being on; a company becomes a customer once. */
function become(company: Company, made: { providerId: string; customerId: string }): Write[] {
  const { item, version } = company;
  return [
    {
      do: 'create',
      item: {
        ...uniqueKey(made.providerId, 'CUSTOMER_COMPANY', digest('company', company.id)),
        kind: 'unique',
        customerId: made.customerId,
      },
      taken: new Problem(alreadyCustomer),
    },
    {
      do: 'replace',
      version,
      item: { ...item, customerId: made.customerId, version: version + 1 },
    },
    {
      do: 'adjust',
      key: settingsKey(made.providerId, 'MSP_MODE'),
      add: { customers: 1, version: 1 },
      atLeast: { enabled: 1 },
      short: new Problem(mspModeOff),
    },
  ];
}

/** Changes what we know of a customer; null clears a detail. Nothing is written where nothing differs. */
export function changeCustomer(node: Node, change: z.output<typeof changedCustomer>): Plan<Customer> {
  const before = toCustomer(node.item);
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const after: Customer = { ...before, ...given };
  const differing = difference(before, after);
  const fields = Object.keys(differing.after);
  if (fields.length === 0) return { writes: [], reply: { body: before, version: node.version } };
  const told = difference(auditable(before), auditable(after));
  const version = node.version + 1;
  const [from, to] = [nameKey(providerOf(node), before.name), nameKey(providerOf(node), after.name)];
  const rename: Write[] =
    from.SK === to.SK ? [] : [uniqueName(providerOf(node), after), { do: 'remove', key: from }];
  return {
    writes: [
      {
        do: 'replace',
        version: node.version,
        item: { ...node.item, ...toItem(after, { path: node.path, version }) },
      },
      ...rename,
    ],
    receipt: {
      action: 'customers.change',
      subject: after.id,
      before: told.before,
      after: { ...told.after, changed: fields },
    },
    announcements: [announce(customerChanged, after.id, { fields })],
    reply: { body: after, version },
  };
}
