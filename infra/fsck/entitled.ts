import { marketsOf } from '../../lib/catalog/rules.ts';
import { fromPerson, fromUser, type Source } from '../../lib/catalog/source.ts';
import { type Check, kindOf, type Stored, tenantOf } from './check.ts';
import { type Half, paired } from './paired.ts';
import { numberedOf, type Skeleton } from './skeleton.ts';

/** A person of a company that is a customer, or a user of a customer, as rows of end users are made from them. */
function sourceOf(item: Stored, known: Skeleton): { customerId: string; source: Source } | undefined {
  const tenant = tenantOf(item);
  if (item.kind === 'user') {
    const at = { customerId: tenant, now: new Date().toISOString() };
    return { customerId: tenant, source: fromUser(item, at) };
  }
  const company = known.companies.get(String(item.companyId));
  if (item.kind !== 'person' || !company) return undefined;
  const { customerId, ...of } = company;
  return { customerId, source: fromPerson(item, { providerId: tenant, company: of }) };
}

// Of what is damaged nothing can be said; everything else is still looked at.
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const isSettled = (customerId: string, known: Skeleton) =>
  known.nodes.has(customerId) && !known.gone.has(customerId) && !known.busy.has(customerId);

function givenTo(item: Stored, known: Skeleton): Half[] {
  const found = readable(() => sourceOf(item, known));
  if (!found?.source.present || !isSettled(found.customerId, known)) return [];
  const { customerId, source } = found;
  const { rules } = numberedOf(known, customerId);
  const { numbers } = marketsOf(source.facts, { rules, unread: [] }, []);
  return numbers.map((one) => ({ name: `${customerId} ${source.personId} ${one}`, side: 1, times: 1 }));
}

function heldBy(row: Stored, known: Skeleton): Half[] {
  const customerId = tenantOf(row);
  const over = row.endsAt !== undefined && String(row.endsAt) <= new Date().toISOString();
  if (over || !isSettled(customerId, known)) return [];
  const { rules } = numberedOf(known, customerId);
  // Numbers of marketplaces that are not there are told elsewhere; of those that cannot be read nothing is known.
  const told = new Set(rules.filter(({ everyone }) => !everyone).map(({ number }) => number));
  return (Array.isArray(row.markets) ? row.markets.map(Number) : [])
    .filter((one) => told.has(one))
    .map((one) => ({ name: `${customerId} ${row.id} ${one}`, side: -1, times: 1 }));
}

/** The row of an end user names the marketplaces whose rules include the person, as the reactions to every change bring about. */
export const entitled: Check = paired(
  (item, known) => (kindOf(item) === 'END_USER' ? heldBy(item, known) : givenTo(item, known)),
  (name, more) => {
    const [customerId, personId, number] = name.split(' ');
    const what = more > 0 ? 'includes the person, and no row says so' : 'does not include the person';
    const lag = 'unless an event about the person is still on its way';
    return [`${customerId} ${personId}`, `marketplace ${number} ${what}, ${lag}`];
  },
);
