import { announce } from '../kit/event.ts';
import { userCountKey } from '../kit/keys.ts';
import type { Item, Plan, Write } from '../kit/plan.ts';
import type { Node } from '../kit/scope.ts';
import { type NamesUnderway, upnKey } from '../kit/upn.ts';
import { namesFollow } from './events.ts';
import { type KeptUpn, mostLinkUsers } from './obstacle.ts';

type Stored = Readonly<Record<string, unknown>>;

/** The count of a customer's users as stored, and their UPNs, one more than go with a change at most. */
export interface Names {
  readonly users: Stored | undefined;
  readonly upns: readonly KeptUpn[];
}

/**
 * The UPNs of a customer's users pass to another root: of few, and where there is room for two writes each, with the
 * change itself; of more by a note in their count, by which they follow. Users that are added by who saw the customer
 * elsewhere would have their names kept there: they are decided again.
 */
export function passNames(
  { id, version }: Node,
  { users, upns }: Names,
  way: { from: string; to: string; room: number },
): Write[] {
  const { from, to, room } = way;
  const along = upns.length <= mostLinkUsers && 2 * upns.length < room;
  const note = along ? {} : { names: { from, to, after: '' } satisfies NamesUnderway };
  const before = Number(users?.version ?? 0);
  const item = { kind: 'userCount', users: 0, ...users, ...userCountKey(id), dropped: version + 1, ...note };
  const counted = { ...item, version: before + 1 };
  return [
    users ? { do: 'replace', version: before, item: counted } : { do: 'create', item: counted },
    ...(along ? upns.flatMap((one) => [leave(from, one), arrive(to, id, one)]) : []),
  ];
}

/** Some of the UPNs that have not come over, as both roots keep them: read after the count that they are bound to. */
export interface Batch {
  readonly count: Stored;
  readonly names: NamesUnderway;
  readonly upns: readonly (KeptUpn & {
    readonly left: Stored | undefined;
    readonly arrived: Stored | undefined;
  })[];
  readonly more: boolean;
}

/** Lets these follow; `tired`: what is left follows at an event of its own. With the last the note is gone. */
export function followNames(customerId: string, { count, names, upns, more }: Batch, tired: boolean): Plan {
  const version = Number(count.version);
  const { from, to } = names;
  const after = upns.at(-1)?.userId ?? names.after;
  const own = (row: Stored | undefined, { userId }: KeptUpn) => row?.userId === userId;
  const foreign = upns.find((one) => one.arrived && !own(one.arrived, one));
  if (foreign) throw new Error(`${to} keeps the UPN of ${foreign.userId} for another user`);
  const writes = upns.flatMap((one) => [
    ...(own(one.left, one) ? [leave(from, one)] : []),
    ...(one.arrived ? [] : [arrive(to, customerId, one)]),
  ]);
  const { names: _, ...rest } = count as Item;
  const item = { ...rest, ...(more ? { names: { from, to, after } } : {}), version: version + 1 } as Item & {
    version: number;
  };
  const receipt = { action: 'customers.bring_names', subject: customerId, after: { from, to } };
  const told = more ? [announce(namesFollow, customerId, { from, to })] : [];
  return {
    writes: [...writes, { do: 'replace', version, item }],
    ...(more && !tired ? {} : { receipt, announcements: told }),
    reply: {},
  };
}

const leave = (root: string, { upn, userId }: KeptUpn): Write => ({
  do: 'remove',
  key: upnKey(root, upn),
  where: { userId },
});
const arrive = (root: string, customerId: string, { upn, userId }: KeptUpn): Write => ({
  do: 'create',
  item: { ...upnKey(root, upn), kind: 'unique', customerId, userId },
});
