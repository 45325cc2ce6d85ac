import { randomUUID } from 'node:crypto';
import { commit, get } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { endUserItem } from '../../lib/kit/end-user.ts';
import { platformId } from '../../lib/kit/id.ts';
import { type Key, memberKey, nodeKey } from '../../lib/kit/keys.ts';
import { type Role, roles } from '../../lib/kit/permission.ts';
import type { Write } from '../../lib/kit/plan.ts';
import { entry, newDesk } from '../access/desk.ts';
import { announcedBy, react } from '../kit/deliver.ts';
import { plantDirectly, plantReseller } from '../kit/forest.ts';
import { type Caller, call, enlist, type Msp } from '../kit/world.ts';
import { letters } from './rules.ts';

/** A node as these tests know it: by what was done to it, not by what is stored. */
export interface Branch {
  readonly id: string;
  readonly type: 'PLATFORM' | 'PROVIDER' | 'RESELLER' | 'CUSTOMER';
  readonly parent: Branch | undefined;
  readonly disabled?: boolean;
}

/** Somebody who calls. */
export interface Actor {
  readonly name: string;
  readonly home: Branch | undefined;
  readonly caller: Caller | undefined;
  /** Letters of the roles that count. */
  readonly letters: string;
  /** A row of an end user; `gone`: no member any more, or not now; `elsewhere`: in a session for another customer. */
  readonly how: 'member' | 'end user' | 'gone' | 'elsewhere' | 'nobody';
  readonly headers?: Readonly<Record<string, string>>;
}

export const isWithin = (node: Branch, above: Branch): boolean =>
  node.id === above.id || (node.parent !== undefined && isWithin(node.parent, above));
const isOff = (node: Branch): boolean =>
  node.disabled === true || (node.parent !== undefined && isOff(node.parent));

export const isDisabled = ({ home }: Actor): boolean => home !== undefined && isOff(home);

/** The letters that count where the caller's own node is asked about, or one below it. */
export function inForce({ home, letters }: Actor, own: boolean): string {
  const selling = home?.type === 'RESELLER' && /[Ra]/.test(letters) ? 'R' : '';
  const held = letters.replace('R', '');
  return (own ? held : held.replace(/[a-z]/g, '')) + selling;
}

const put = (...writes: Write[]) => commit(writes, randomUUID(), Date.now() + 5000);
export const lettersOf = (list: readonly string[]): string =>
  list.map((role) => letters[role as Role]).join('');

export async function member(name: string, home: Branch, list: readonly Role[]): Promise<Actor> {
  const caller = await enlist(home.id, list);
  return {
    name: `${name} ${list.join(' and ') || 'without a role'}`,
    home,
    caller,
    letters: lettersOf(list),
    how: 'member',
  };
}

async function changed(actor: Actor, how: string, write: (key: Key) => Write): Promise<Actor> {
  const { home, caller } = actor;
  await put(write(memberKey(home?.id ?? '', caller?.person ?? '')));
  return { ...actor, name: `${actor.name}, ${how}`, how: 'gone', letters: '' };
}
const gone = (actor: Actor) => changed(actor, 'removed', (key) => ({ do: 'remove', key }));
const suspended = (actor: Actor) =>
  changed(actor, 'suspended', (key) => ({
    do: 'amend',
    key,
    set: { state: 'DISABLED' },
    where: { version: 1 },
  }));
const over = (actor: Actor) =>
  changed(actor, 'whose time is over', (key) => ({
    ...{ do: 'amend', key, set: { endsAt: '2026-01-01T00:00:00.000Z' } },
    where: { version: 1 },
  }));

async function endUserOf(name: string, home: Branch, provider: string): Promise<Actor> {
  const person = newId('person', Date.now());
  const item = endUserItem({ customerId: home.id, id: person, source: 'DIRECTORY', markets: [], version: 1 });
  await put({ do: 'create', item });
  const caller = { tenant: home.id, person, roles: [], email: 'nobody@example.com', provider };
  return { name: `end user of ${name}`, home, caller, letters: '', how: 'end user' };
}

const nobody = (name: string, headers: Record<string, string> = {}): Actor => ({
  ...{ name, home: undefined, caller: undefined, letters: '', how: 'nobody', headers },
});

/** Whoever has no token of ours: whatever stands in a header, the gateway's authorizer has verified none of it. */
export const strangers: readonly Actor[] = [
  nobody('anonymous'),
  nobody('a probe', { authorization: `Probe ${'e'.repeat(60)}.${'s'.repeat(43)}` }),
  nobody('a machine', { authorization: `Machine ${'e'.repeat(60)}.${'s'.repeat(43)}` }),
  nobody('who holds a link', { authorization: `Bearer qil.${'x'.repeat(43)}` }),
  nobody('who holds a session’s token alone', {
    'quartermaster-session': `qas.cus_${'7'.repeat(26)}.ses_${'7'.repeat(26)}.${'x'.repeat(43)}`,
  }),
];

const platform: Branch = { id: platformId, type: 'PLATFORM', parent: undefined };
export const providerNode = (id: string): Branch => ({ id, type: 'PROVIDER', parent: platform });
const some = ['RESELLER_FULL_ADMINISTRATOR', 'CUSTOMER_ADMINISTRATOR'] as const satisfies readonly Role[];
const each = async (list: readonly Role[], make: (role: Role) => Promise<Actor>) => {
  const out: Actor[] = [];
  for (const role of list) out.push(await make(role));
  return out;
};

/** The provider's own people and those above them. */
export async function staff(home: Branch): Promise<Actor[]> {
  return [
    ...(await each(roles.PROVIDER, (role) => member('of the provider', home, [role]))),
    await member('of the provider', home, []),
    ...(await each(roles.PLATFORM, (role) => member('of the platform', platform, [role]))),
  ];
}

/** A customer that has left its provider by a removal. */
async function leave(msp: Msp, id: string): Promise<void> {
  const as = msp.catalog;
  const plan = await call(`POST /v1/customers/${id}/removal-plans`, {
    as,
    body: { licences: 'return-to-pool' },
  });
  const done = await call(`POST /v1/removal-plans/${plan.body.id}/execution`, { as });
  if (done.status >= 300)
    throw new Error(`executeRemoval answered ${done.status}: ${JSON.stringify(done.body)}`);
}

/** Every relation that two nodes can have, planted once, with people at each. */
export async function plantFamily(msp: Msp, other: Msp) {
  const [provider, foreign] = [providerNode(msp.id), providerNode(other.id)];
  const reseller = async (parent: Branch, of = msp): Promise<Branch> => {
    const { id } = await plantReseller(of, parent.id);
    return { id, type: 'RESELLER', parent };
  };
  const customer = async (parent: Branch, of = msp): Promise<Branch> => {
    const { id } = await plantDirectly(of.catalog, { parentId: parent.id });
    return { id, type: 'CUSTOMER', parent };
  };
  const move = async (node: Branch, parent: Branch, until: 'asked' | 'done'): Promise<Branch> => {
    const body = { parentId: parent.id };
    const { status } = await call(`POST /v1/customers/${node.id}/move`, { as: msp.catalog, body });
    if (status !== 202) throw new Error(`moveCustomer answered ${status}`);
    for (const one of until === 'done' ? await announcedBy(node.id) : [])
      if (one.type === 'customers.move_requested.v1') await react(one);
    return { ...node, parent };
  };
  const grandparent = await reseller(provider);
  const parent = await reseller(grandparent);
  const uncle = await reseller(grandparent);
  const self = await reseller(parent);
  const sibling = await reseller(parent);
  const cousin = await reseller(uncle);
  const child = await reseller(self);
  const grandchild = await customer(child);
  const leaving = await customer(provider);
  const left: Branch = { ...leaving, parent: platform };
  const leaver = await member('of left', leaving, ['CUSTOMER_ADMINISTRATOR']);
  await leave(msp, leaving.id);
  const off: Branch = { ...(await reseller(provider)), disabled: true };
  const belowOff = await customer(off);
  await call(`POST /v1/customers/${off.id}/disable`, { as: msp.catalog });
  const former = await reseller(provider);
  const moved = await move(await reseller(former), parent, 'done');
  // Its stored path still leads through the old parent when the requests come: nobody lets it follow.
  const before = await reseller(former);
  const carried: Branch = { ...before, parent };
  const half: Branch = { ...(await reseller(before)), parent: carried };
  const belowHalf: Branch = { ...(await customer(half)), parent: half };
  await move(before, parent, 'asked');
  const theirs = await reseller(foreign, other);
  const theirCustomer = await customer(theirs, other);
  const never: Branch = { id: `cus_${'7'.repeat(26)}`, type: 'CUSTOMER', parent: undefined };

  const around = { grandparent, parent, child, sibling, cousin, moved, former, carried, half };
  const relatives: Actor[] = [leaver];
  for (const [name, node] of Object.entries({ ...around, off, 'another provider’s': theirs }))
    relatives.push(...(await each(some, (role) => member(`of ${name}`, node, [role]))));
  for (const [name, node] of Object.entries({ belowHalf, belowOff, theirCustomer }))
    relatives.push(await member(`of ${name}`, node, ['CUSTOMER_ADMINISTRATOR']));
  const own = await each([...roles.RESELLER, ...roles.CUSTOMER], (role) => member('of self', self, [role]));
  const leaf = await each(roles.CUSTOMER, (role) => member('of grandchild', grandchild, [role]));

  const people = await staff(provider);
  const foreigners = await each(['SYSTEM_ADMINISTRATOR', 'CATALOG_ADMINISTRATOR', 'MSP_OPERATOR'], (role) =>
    member('of another provider', foreign, [role]),
  );
  const both: readonly Role[] = ['SYSTEM_ADMINISTRATOR', 'CATALOG_ADMINISTRATOR'];
  const ex = [
    await gone(await member('of the provider', provider, both)),
    await gone(await member('of self', self, some)),
    await gone(await member('of parent', parent, some)),
    await gone(await member('of grandchild', grandchild, ['CUSTOMER_ADMINISTRATOR'])),
    await suspended(await member('of the provider', provider, both)),
    await suspended(await member('of self', self, some)),
    await over(await member('of self', self, some)),
  ];
  const promoted = await member('of the provider', provider, ['AGENT']);
  const demoted = await member('of the provider', provider, both);
  const claims = [
    {
      ...promoted,
      name: 'whose token names more roles than are held',
      caller: { ...(promoted.caller as Caller), roles: ['AGENT', ...both] },
    },
    {
      ...demoted,
      name: 'whose token names no role',
      ...{ caller: { ...(demoted.caller as Caller), roles: [] }, letters: '' },
    },
  ];
  const endUsers = [
    await endUserOf('grandchild', grandchild, msp.id),
    await endUserOf('another provider’s customer', theirCustomer, other.id),
  ];
  const desk = await newDesk(msp);
  const visitor = await member('of the provider', provider, ['CATALOG_ADMINISTRATOR']);
  const session = await call(`POST ${desk.path}/access-sessions`, {
    as: visitor.caller as Caller,
    body: entry(),
  });
  const elsewhere: Actor = {
    ...visitor,
    ...{ name: 'in a session for another customer', how: 'elsewhere' },
    headers: { 'quartermaster-session': session.body.token },
  };
  return {
    ...{ provider, foreign, never, strangers },
    /** Asked about by everybody. */
    whole: { self, grandchild },
    /** Asked about by those who stand somehow to them. */
    others: {
      half,
      'below a disabled one': belowOff,
      removed: left,
      'another provider’s customer': theirCustomer,
      carried,
    },
    near: [...people, ...relatives, ...foreigners, ...ex, ...claims, ...endUsers, elsewhere, ...strangers],
    own: [...own, ...leaf],
    few: [...people.slice(0, 3), ...relatives, ...foreigners.slice(1, 2), own[0], own[1], leaf[0]] as Actor[],
  };
}
export type Family = Awaited<ReturnType<typeof plantFamily>>;

/** The provider that a node belongs to, or the customer that none looks after. */
export const topOf = (node: Branch): Branch =>
  node.parent && node.parent.type !== 'PLATFORM' ? topOf(node.parent) : node;

/** Where a node stands that scenarios made; undefined where it is no more. */
export async function branchOf(id: string): Promise<Branch | undefined> {
  if (id === platformId) return platform;
  if (id.startsWith('prv_')) return providerNode(id);
  const node = await get(nodeKey(id), true);
  if (!node) return undefined;
  const [above = platformId] = String(node.path).split('/').slice(-2);
  return { id, type: node.type as Branch['type'], parent: await branchOf(above) };
}
