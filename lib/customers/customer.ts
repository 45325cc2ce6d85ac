import type * as z from 'zod';
import { digest } from '../kit/digest.ts';
import { announce } from '../kit/event.ts';
import { globalCompanyId } from '../kit/id.ts';
import { settingsKey, uniqueKey } from '../kit/keys.ts';
import { type Plan, refuse, type Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { type Node, providerOf } from '../kit/scope.ts';
import { appoint } from './administrator.ts';
import { chooseCode, takeCode } from './code.ts';
import { type Company, eligible, ofCompany, type Person } from './company.ts';
import { customerAdded } from './events.ts';
import { contactNames } from './particulars.ts';
import { alreadyCustomer, companyIneligible, companyUnknown, mspModeOff, nameNeeded } from './problems.ts';
import {
  auditable,
  type Customer,
  companyName,
  type newCustomer,
  toItem,
  uniqueName,
  unsaid,
} from './profile.ts';

/** What the directory and the MSP mode say when a customer is to be added. */
export interface Facts {
  readonly mspModeOn: boolean;
  readonly company: Company | undefined;
  /** In the order of the command's administrators; undefined where the company has no such person. */
  readonly people: readonly (Person | undefined)[];
  readonly codesTaken: readonly string[];
}

/** Makes a company of the directory a customer, with its first administrators. */
export function addCustomer(
  parent: Node,
  input: { command: z.output<typeof newCustomer>; facts: Facts },
  made: { id: string; now: string; again: boolean },
): Plan<Customer> {
  const { command, facts } = input;
  if (!facts.mspModeOn) refuse(mspModeOff);
  const company = chosen(command.companyId, facts.company);
  const people = ofCompany(facts.people, (index) => `#/administrators/${index}`);
  const added = describe(command, { ...made, parentId: parent.id, company, codesTaken: facts.codesTaken });
  const administrators = people.map((one) => one.id);
  return {
    writes: [
      { do: 'create', item: toItem(added, { path: [...parent.path, added.id], version: 1 }) },
      uniqueName(providerOf(parent), added),
      takeCode(providerOf(parent), { id: added.id, code: added.code ?? '', chosen: false }),
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
  made: Pick<Facts, 'codesTaken'> & {
    id: string;
    now: string;
    again: boolean;
    parentId: string;
    company: Company;
  },
): Customer {
  const named = companyName.safeParse(command.name ?? made.company.name);
  if (!named.success) {
    const errors = [{ pointer: '#/name', message: 'is needed: at most 50 characters, no web address' }];
    throw new Problem(nameNeeded, undefined, { errors });
  }
  const details = Object.fromEntries(contactNames.map((field) => [field, command[field] ?? null]));
  return {
    ...unsaid,
    ...(details as Record<(typeof contactNames)[number], string | null>),
    domains: [],
    id: made.id,
    parentId: made.parentId,
    companyId: made.company.id,
    code: chooseCode(named.data, made.codesTaken, made.again),
    name: named.data,
    reseller: false,
    accountManagerEmail: command.accountManagerEmail,
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
