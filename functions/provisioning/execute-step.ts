import { commit } from '../../lib/aws/db.ts';
import { Lasting } from '../../lib/aws/directory.ts';
import { newPassword, seal } from '../../lib/aws/seal.ts';
import { now } from '../../lib/aws/world.ts';
import { digest } from '../../lib/kit/digest.ts';
import type { Directory, DirectoryObject } from '../../lib/kit/directory.ts';
import type { Announcement } from '../../lib/kit/event.ts';
import type { Write } from '../../lib/kit/plan.ts';
import { type Belief, forget, remember, standing, without } from '../../lib/provisioning/object.ts';
import { containerId, type Step } from '../../lib/provisioning/rules.ts';
import { beliefsOf, eachBelief } from '../../lib/provisioning/store.ts';
import { cascade } from './cascade.ts';

/** What a step works on. */
export interface Work {
  readonly customerId: string;
  readonly directory: Directory;
  /** The request's own subject, and the version of the state that it asks for. */
  readonly subject: string;
  readonly asOf: number;
  /** Where the customer stands, and whether a node above keeps its accounts off. */
  readonly path: readonly string[];
  readonly blocked: boolean;
}

/** What became of a step: said in the log; its last writes stand in one transaction with the request. */
export interface Done {
  readonly message: string;
  readonly writes: readonly Write[];
  /** The step is not over: it goes on as this. */
  readonly next?: Step | undefined;
  /** What is asked of other customers. */
  readonly announcements?: readonly Announcement[];
  /** A new password, sealed for who asked. */
  readonly sealed?: string;
}

/** Does one step. It may have been done before, wholly or in part. */
export async function execute(step: Step, work: Work): Promise<Done> {
  switch (step.do) {
    case 'ensure':
      return ensure(step, work);
    case 'remove':
      return removeOne(step, work);
    case 'switchUsers':
      return switchUsers(step.on, work);
    case 'align':
      return align(work);
    case 'cascade':
      return cascade(step, work);
    case 'resetPassword':
      return resetPassword(step, work);
    case 'clear':
      return clear(step.what, work);
  }
}

async function ensure(
  { owner, objectId, object }: Extract<Step, { do: 'ensure' }>,
  work: Work,
): Promise<Done> {
  const [previous, container] = await beliefsOf(owner, [objectId, containerId]);
  const known = standing(previous);
  const active = object.type === 'USER' && object.enabled && !standing(container)?.suspended && !work.blocked;
  const forceChange = object.type === 'USER' && object.changePasswordAtNextLogon && !forcedBefore(known);
  const { did, rdns } = await work.directory.ensure(object, { enabled: active, forceChange });
  const own = owner === work.customerId && objectId === work.subject;
  const writes = remember(previous, {
    ...{ owner, objectId, object, active },
    rdns: objectId === containerId ? rdns.slice(-1) : rdns.slice(depthOf(object)),
    suspended: known?.suspended ?? false,
    gone: false,
    asOf: own ? work.asOf : (previous?.asOf ?? 0),
  });
  return { message: `${rdns.at(-1)} ${did}`, writes };
}

const forcedBefore = (known: Belief | undefined): boolean =>
  known?.object.type === 'USER' && known.object.changePasswordAtNextLogon;

/** How many names of an object's place lead to its customer's container. */
function depthOf(object: DirectoryObject): number {
  return object.type === 'USER' ? object.groupsAt.length : object.at.length;
}

async function removeOne({ owner, objectId }: Extract<Step, { do: 'remove' }>, work: Work): Promise<Done> {
  const [belief] = await beliefsOf(owner, [objectId]);
  const known = standing(belief);
  if (!known) return { message: `${objectId} absent`, writes: [] };
  if (known.object.type === 'GROUP') await emptyGroup(known.object.name, work);
  const { did, rdns } = await work.directory.remove(known.object);
  return { message: `${rdns.at(-1)} ${did}`, writes: forget(known, { now: now(), asOf: work.asOf }) };
}

/** Takes a group out of what is believed of its members; the directory does its own part when the group goes. */
async function emptyGroup(name: string, { customerId }: Work): Promise<void> {
  for await (const one of eachBelief(customerId, 'U#')) {
    if (one.gone || one.object.type !== 'USER' || !one.object.memberOf.includes(name)) continue;
    const { version: _, ...rest } = one;
    await store(remember(one, { ...rest, object: without(one.object, name) }));
  }
}

/** Lets the customer's accounts log on, or none of them: first for those to come, then for those that are. */
async function switchUsers(on: boolean, work: Work): Promise<Done> {
  const [belief] = await beliefsOf(work.customerId, [containerId]);
  const container = standing(belief);
  if (container) {
    const { version: _, ...rest } = container;
    await store(remember(container, { ...rest, suspended: !on, asOf: work.asOf }));
  }
  return switchAll(on, work);
}

async function align(work: Work): Promise<Done> {
  const [belief] = await beliefsOf(work.customerId, [containerId]);
  const container = standing(belief);
  return switchAll(container !== undefined && !container.suspended, work);
}

async function switchAll(on: boolean, work: Work): Promise<Done> {
  const open = on && !work.blocked;
  let count = 0;
  for await (const one of eachBelief(work.customerId, 'U#')) {
    if (one.gone || one.object.type !== 'USER') continue;
    const active = open && one.object.enabled;
    const { did } = await work.directory.switchAccount(one.object, active);
    const { version: _, ...rest } = one;
    await store(remember(one, { ...rest, active }));
    if (did !== 'unchanged' && one.active !== active) count++;
  }
  const why = on && !open ? ': a node above is off' : '';
  return { message: `${count} users ${open ? 'enabled' : 'disabled'}${why}`, writes: [] };
}

async function resetPassword(
  { objectId, length, publicKey }: Extract<Step, { do: 'resetPassword' }>,
  work: Work,
): Promise<Done> {
  const [belief] = await beliefsOf(work.customerId, [objectId]);
  const known = standing(belief);
  if (known?.object.type !== 'USER') throw new Lasting('The user has no account: provision the user first');
  const password = newPassword(length);
  const sealed = publicKey === null ? undefined : seal(publicKey, password);
  const { did } = await work.directory.setPassword(known.object, { password, forceChange: true });
  if (did === 'absent') throw new Lasting('The account is not in the directory: provision the user again');
  const { version: _, ...rest } = known;
  const object = { ...known.object, changePasswordAtNextLogon: true };
  return {
    message: did === 'kept' ? 'Without a directory there is no password' : 'password changed',
    writes: remember(known, { ...rest, object }),
    ...(did === 'kept' || sealed === undefined ? {} : { sealed }),
  };
}

const clearing = { users: 'U#', groups: 'G#', serviceGroups: 'G#', folders: 'F#' } as const;

async function clear(what: keyof typeof clearing, work: Work): Promise<Done> {
  const found: Belief[] = [];
  for await (const one of eachBelief(work.customerId, clearing[what])) {
    const spared = what === 'serviceGroups' && one.object.type === 'GROUP' && one.object.service === null;
    if (!one.gone && !spared) found.push(one);
  }
  // Folders inside folders go first.
  found.sort((a, b) => b.rdns.length - a.rdns.length);
  for (const { owner, objectId } of found) {
    const { writes } = await removeOne({ do: 'remove', owner, objectId }, work);
    await store(writes);
  }
  return { message: `${found.length} removed`, writes: [] };
}

async function store(writes: readonly Write[]): Promise<void> {
  await commit(writes, digest(writes, Math.random()).slice(0, 36), Date.now() + 5000);
}
