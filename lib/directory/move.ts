import { type EndUser, expel, releaseAddress } from '../kit/end-user.ts';
import { announce } from '../kit/event.ts';
import { companyKey, type Key, memberKey, personKey } from '../kit/keys.ts';
import { difference, type Item, type Plan, refuse, type Write } from '../kit/plan.ts';
import { canonicalEmail, foldName } from '../kit/text.ts';
import { mayHavePeople, type StoredCompany } from './company.ts';
import { personChanged, personRemoved } from './events.ts';
import { countMembers } from './group.ts';
import {
  addressItem,
  addressKey,
  auditable,
  type ChangedPerson,
  changedFields,
  isPlaced,
  loginKey,
  type Person,
  personItem,
  personPath,
  type StoredPerson,
  uniqueAddress,
  uniqueLogin,
} from './person.ts';
import { administersCustomer, peopleNotAllowed, unknownCompany, unplacedDepartment } from './problems.ts';

/** A person with what binds them: their company, whether they administer its customer, the groups counted. */
export interface Bound {
  readonly current: StoredPerson;
  readonly company: StoredCompany;
  readonly administers: boolean;
  readonly groups: ReadonlySet<string>;
  /** Their row as an end user of the company's customer. */
  readonly endUser: EndUser | undefined;
}

/** The person as the change leaves them: absent leaves, null clears. */
export function changed(before: Person, change: ChangedPerson): Person {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const after: Person = { ...before, ...given };
  return { ...after, attributes: change.attributes === null ? {} : after.attributes };
}

/** Changes a person, or moves them to another company. Nothing is written where nothing differs. */
export function changePerson(
  providerId: string,
  state: Bound & { target: StoredCompany | undefined; addressVersion: number },
  change: ChangedPerson,
): Plan<Person> {
  const { current } = state;
  const before = current.value;
  const after = changed(before, change);
  const fields = changedFields(before, after);
  if (fields.length === 0)
    return { writes: [], reply: { body: before, version: current.version, location: personPath(before) } };
  const moves = before.companyId !== after.companyId;
  if (moves) checkTarget(state.target);
  if (!isPlaced(after)) refuse(unplacedDepartment);
  const redirected = canonicalEmail(before.email) !== canonicalEmail(after.email);
  const freed = moves || redirected;
  if (freed && state.administers) refuse(administersCustomer);
  const version = current.version + 1;
  return {
    writes: [
      ...profileWrites(providerId, { before: current, after, version }),
      ...nameWrites(providerId, { before, after, addressVersion: state.addressVersion }),
      ...countMembers(
        providerId,
        [
          { place: before, by: -1 },
          { place: after, by: 1 },
        ],
        state.groups,
      ),
      ...(freed ? [noRole(providerId, state)] : []),
      ...(moves ? without(state) : redirected ? readdressed(state) : []),
    ],
    receipt: {
      action: moves ? 'people.move' : 'people.change',
      subject: before.id,
      ...withFields(difference(auditable(before), auditable(after)), fields),
    },
    announcements: [announce(personChanged, before.id, { companyId: after.companyId, changed: fields })],
    reply: { body: after, version, location: personPath(after) },
  };
}

function checkTarget(target: StoredCompany | undefined): void {
  if (!target) refuse(unknownCompany);
  if (!mayHavePeople(target.value)) refuse(peopleNotAllowed);
}

function withFields(told: ReturnType<typeof difference>, fields: readonly string[]) {
  return { before: told.before, after: { ...told.after, changed: fields } };
}

function profileWrites(
  providerId: string,
  { before, after, version }: { before: StoredPerson; after: Person; version: number },
): Write[] {
  const item: Item & { version: number } = { ...personItem(providerId, after), version };
  if (before.value.companyId === after.companyId) return [{ do: 'replace', version: before.version, item }];
  return [
    { do: 'remove', key: profileKey(providerId, before.value), version: before.version },
    { do: 'create', item },
  ];
}

const profileKey = (providerId: string, { companyId, id }: Person): Key =>
  personKey(providerId, companyId, id);

function nameWrites(
  providerId: string,
  { before, after, addressVersion }: { before: Person; after: Person; addressVersion: number },
): Write[] {
  const writes: Write[] = [];
  if (foldName(before.loginName) !== foldName(after.loginName)) {
    writes.push(uniqueLogin(providerId, after), {
      do: 'remove',
      key: loginKey(providerId, before.loginName),
    });
  }
  if (canonicalEmail(before.email) !== canonicalEmail(after.email)) {
    writes.push(uniqueAddress(providerId, after), {
      do: 'remove',
      key: addressKey(providerId, before.email),
    });
  } else if (before.companyId !== after.companyId) {
    const item = addressItem(providerId, after, addressVersion + 1);
    writes.push({ do: 'replace', version: addressVersion, item });
  }
  return writes;
}

/** Still no role: no membership at the company's customer, or still no customer. */
function noRole(providerId: string, { company, current }: Bound): Write {
  const { customerId, id } = company.value;
  return customerId === null
    ? { do: 'check', key: companyKey(providerId, id), version: company.version }
    : { do: 'check', key: memberKey(customerId, current.value.id), version: null };
}

// Out at the next request: an event would come later. Without a customer, `noRole` binds to there being none.
function without({ company, current, endUser }: Bound): Write[] {
  const { customerId } = company.value;
  return customerId === null ? [] : expel({ customerId, personId: current.value.id }, endUser);
}

function readdressed({ company, current, endUser }: Bound): Write[] {
  const { customerId } = company.value;
  return customerId === null ? [] : releaseAddress({ customerId, personId: current.value.id }, endUser);
}

/** Removes a person who administers nothing. */
export function removePerson(providerId: string, state: Bound): Plan {
  const { current } = state;
  const { value } = current;
  if (state.administers) refuse(administersCustomer);
  return {
    writes: [
      { do: 'remove', key: profileKey(providerId, value), version: current.version },
      { do: 'remove', key: loginKey(providerId, value.loginName) },
      { do: 'remove', key: addressKey(providerId, value.email) },
      ...countMembers(providerId, [{ place: value, by: -1 }], state.groups),
      noRole(providerId, state),
      ...without(state),
    ],
    receipt: { action: 'people.remove', subject: value.id, before: auditable(value) },
    announcements: [announce(personRemoved, value.id, { companyId: value.companyId })],
    reply: { status: 204 },
  };
}
