import { get, getAll, page } from '../aws/db.ts';
import { readingAcross } from '../aws/vouch-rows.ts';
import {
  accessDueKey,
  accessKey,
  accessSessionKey,
  type Key,
  managementKey,
  memberKey,
  nodeKey,
  openSessionsKey,
  partition,
  sessionPartition,
  statePartition,
} from '../kit/keys.ts';
import type { Standing } from './decide.ts';
import { type Changes, type Session, toSession } from './session.ts';

const standingKeys = (customerId: string): Key[] => [
  accessKey(customerId),
  managementKey(customerId),
  openSessionsKey(customerId),
];

/** What a customer has given, who manages it, and its open sessions. */
export async function standingOf(customerId: string): Promise<Standing> {
  const [grant, management, open] = await getAll(standingKeys(customerId), true);
  return { grant, management, open };
}

/** The same, and the name of somebody at their own node. */
export async function standingAndName(customerId: string, person: { home: string; personId: string }) {
  const keys = [...standingKeys(customerId), memberKey(person.home, person.personId)];
  const [grant, management, open, member] = await getAll(keys, true);
  return { standing: { grant, management, open }, personName: String(member?.name ?? '') };
}

const mostCounted = 100;

/** How much was changed in a session, counted up to 100. */
export async function changesIn(customerId: string, sessionId: string): Promise<Changes> {
  const where = { index: 'names', partition: sessionPartition(customerId, sessionId) } as const;
  const { items, next } = await page({ ...where, limit: mostCounted });
  return { count: items.length, more: next !== null };
}

/** One session with what it stands on, in one round trip. */
export async function sessionOf(customerId: string, sessionId: string) {
  const keys = [...standingKeys(customerId), accessSessionKey(customerId, sessionId)];
  const [[grant, management, open, item], changes] = await Promise.all([
    getAll(keys, true),
    changesIn(customerId, sessionId),
  ]);
  return { grant, management, open, changes, session: item && toSession(item), item };
}

export const nodeOf = (nodeId: string) => get(nodeKey(nodeId));

/** A page of a customer's sessions, newest first, each with how much was changed in it. */
export async function sessionPage(customerId: string, query: { limit: number; after: string | undefined }) {
  const range = { partition: partition(customerId, 'SESSION'), backwards: true, consistent: true, ...query };
  const [{ items, next }, standing] = await Promise.all([page(range), standingOf(customerId)]);
  const sessions = items.map(toSession);
  const counted = await Promise.all(sessions.map(({ id }) => changesIn(customerId, id)));
  const found: (Session & { changes: Changes })[] = sessions.map((one, at) => ({
    ...one,
    changes: counted[at] ?? { count: 0, more: false },
  }));
  return { sessions: found, next, ...standing };
}

type Asker = { readonly id: string; readonly home: string };

/** A page of what is given to a provider: its list, then each grant with its customer, its sessions and who asked. */
export async function givenPage(providerId: string, query: { limit: number; after: string | undefined }) {
  const where = { index: 'names', partition: statePartition(providerId, 'ACCESS', 'GIVEN') } as const;
  const { items, next } = await page({ ...where, ...query });
  const ids = items.map(({ id }) => String(id));
  const keys = items.flatMap((row) => {
    const id = String(row.id);
    return [accessKey(id), openSessionsKey(id), nodeKey(id)].map((key) => ({ row, tenant: id, key }));
  });
  const asking = items.flatMap((row) => {
    const asker = row.actor as Asker | undefined;
    return asker ? [{ row, tenant: asker.home, key: memberKey(asker.home, asker.id) }] : [];
  });
  const found = await readingAcross([...keys, ...asking], (some) => getAll(some.map(({ key }) => key)));
  const grants = ids.map((customerId, at) => {
    const [grant, open, node] = found.slice(at * 3, at * 3 + 3);
    return { customerId, grant, open, node };
  });
  const members = found.slice(ids.length * 3).filter((one) => one?.state === 'ACTIVE');
  return { grants, members: new Set(members.map((one) => String(one?.id))), next };
}

/** A page of the customers who have given access below a provider. */
export async function givenList(providerId: string, query: { limit: number; after: string | undefined }) {
  const where = { index: 'names', partition: statePartition(providerId, 'ACCESS', 'GIVEN') } as const;
  const { items, next } = await page({ ...where, ...query });
  return { ids: items.map(({ id }) => String(id)), next };
}

export async function grantAndNode(customerId: string) {
  const [grant, node] = await getAll([accessKey(customerId), nodeKey(customerId)], true);
  return { grant, node };
}

/** A note that the end of a grant is to be told. */
export interface AccessDue extends Key {
  readonly customerId: string;
}

/** Notes of what is due by a moment, the oldest first. One Query; of nothing 0.5 RCU. */
export async function accessDue(at: string, query: { limit: number; after: string | undefined }) {
  const { PK } = accessDueKey({ at, customerId: '' });
  const { items, next } = await page({ partition: PK, to: `${at}~`, consistent: true, ...query });
  const notes = items.map(
    ({ SK, customerId }): AccessDue => ({ PK, SK: String(SK), customerId: String(customerId) }),
  );
  return { notes, next };
}

/** The grant that a note speaks of, its customer as stored, and whether the note is still there. */
export async function dueStanding({ PK, SK, customerId }: AccessDue) {
  const [grant, node, note] = await getAll([accessKey(customerId), nodeKey(customerId), { PK, SK }], true);
  return { grant, node, waits: note !== undefined };
}
