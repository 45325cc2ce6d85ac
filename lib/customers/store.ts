import { each, get, getAll, page } from '../aws/db.ts';
import {
  companyKey,
  memberKey,
  memberPrefix,
  namePartition,
  partition,
  personKey,
  settingsKey,
} from '../kit/keys.ts';
import type { Membership } from '../kit/membership.ts';
import { foldName } from '../kit/text.ts';
import { administrates, toMembership } from './administrator.ts';
import { type Person, toCompany, toPerson } from './company.ts';
import type { Facts } from './customer.ts';

/** What adding a customer depends on, in one round trip. */
export async function factsFor(
  providerId: string,
  asked: { companyId: string; administrators: readonly string[] },
): Promise<Facts> {
  const [mspMode, company, ...people] = await getAll(
    [
      settingsKey(providerId, 'MSP_MODE'),
      companyKey(providerId, asked.companyId),
      ...asked.administrators.map((personId) => personKey(providerId, asked.companyId, personId)),
    ],
    true,
  );
  return {
    mspModeOn: mspMode?.enabled === 1,
    company: company && toCompany(company),
    people: people.map((item) => item && toPerson(item)),
  };
}

/** A page of a node's customers by name. */
export function customersByName(
  parentId: string,
  query: { limit: number; q?: string | undefined },
  after: string | undefined,
) {
  return page({
    index: 'names',
    partition: namePartition(parentId, 'CUSTOMER'),
    prefix: foldName(query.q ?? ''),
    limit: query.limit,
    after,
  });
}

/** A page of the people who hold roles at a customer. */
export function memberPage(customerId: string, limit: number, after: string | undefined) {
  return page({ partition: partition(customerId), prefix: memberPrefix, limit, after });
}

export async function administratorOf(customerId: string, personId: string): Promise<Membership | undefined> {
  const item = await get(memberKey(customerId, personId), true);
  const found = item && toMembership(item, customerId);
  return found && administrates(found) ? found : undefined;
}

/** Any administrator but one: reads on only until somebody is found. */
export async function anotherAdministrator(customerId: string, but: string): Promise<Membership | undefined> {
  const members = each({
    partition: partition(customerId),
    prefix: memberPrefix,
    limit: 25,
    consistent: true,
  });
  for await (const item of members) {
    const found = toMembership(item, customerId);
    if (administrates(found) && found.personId !== but) return found;
  }
  return undefined;
}

/** A person of the customer's company, and what they hold at the customer. */
export async function candidate(
  customer: { providerId: string; id: string; companyId: string },
  personId: string,
): Promise<{ person: Person | undefined; current: Membership | undefined }> {
  const [person, member] = await getAll(
    [personKey(customer.providerId, customer.companyId, personId), memberKey(customer.id, personId)],
    true,
  );
  return { person: person && toPerson(person), current: member && toMembership(member, customer.id) };
}
