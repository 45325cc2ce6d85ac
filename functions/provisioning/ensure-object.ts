import { commit } from '../../lib/aws/db.ts';
import { digest } from '../../lib/kit/digest.ts';
import type { Directory, DirectoryObject } from '../../lib/kit/directory.ts';
import type { Announcement } from '../../lib/kit/event.ts';
import type { Write } from '../../lib/kit/plan.ts';
import { type Belief, remember, standing } from '../../lib/provisioning/object.ts';
import { containerId, folderId, type Step } from '../../lib/provisioning/rules.ts';
import { beliefsOf } from '../../lib/provisioning/store.ts';

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

/** Makes an object as it is described, or as its folders are spelt already. */
export async function ensure(
  { owner, objectId, object: described }: Extract<Step, { do: 'ensure' }>,
  work: Work,
): Promise<Done> {
  const object = owner === work.customerId ? await spelt(described, work) : described;
  const [previous, container] = await beliefsOf(owner, [objectId, containerId]);
  const known = standing(previous);
  const active = object.type === 'USER' && object.enabled && !standing(container)?.suspended && !work.blocked;
  const forceChange = object.type === 'USER' && object.changePasswordAtNextLogon && !forcedBefore(known);
  const { did, rdns } = await work.directory.ensure(object, { enabled: active, forceChange });
  const own = owner === work.customerId && objectId === work.subject;
  const place = objectId === containerId ? rdns.slice(-1) : rdns.slice(work.path.length - 1);
  const writes = remember(previous, {
    ...{ owner, objectId, object, active },
    rdns: place,
    left: object.type === 'USER' ? leftBy(previous, place) : [],
    suspended: known?.suspended ?? false,
    told: known ? known.told : false,
    gone: false,
    directory: work.directory.kind,
    asOf: own ? work.asOf : (previous?.asOf ?? 0),
  });
  return { message: `${rdns.at(-1)} ${did}`, writes };
}

/** Folders inside the customer's own that an account has stood in, and nobody has looked at since. */
function leftBy(previous: Belief | undefined, now: readonly string[]): string[][] {
  const known = previous?.left ?? [];
  const before = standing(previous)?.rdns.slice(0, -1) ?? [];
  const stays = before.length === 0 || before.join() === now.slice(0, -1).join();
  return stays || known.some((one) => one.join() === before.join()) ? known : [...known, before];
}

const forcedBefore = (known: Belief | undefined): boolean =>
  known?.object.type === 'USER' && known.object.changePasswordAtNextLogon;

/** A directory takes `Sales` and `SALES` for one name: the spelling that stands there counts. */
async function spelt(object: DirectoryObject, { customerId, path }: Work): Promise<DirectoryObject> {
  const whole = object.type === 'CONTAINER' ? [...object.at, object.name] : object.at;
  const [own, folders] = [whole.slice(0, path.length - 1), whole.slice(path.length - 1)];
  if (folders.length === 0) return object;
  const ids = folders.map((_, index) => folderId(folders.slice(0, index + 1)));
  const beliefs = await beliefsOf(customerId, ids);
  const names = folders.map((one, index) => standing(beliefs[index])?.object.name ?? one);
  if (object.type !== 'CONTAINER') return { ...object, at: [...own, ...names] };
  return { ...object, at: [...own, ...names.slice(0, -1)], name: names.at(-1) ?? object.name };
}

export async function store(writes: readonly Write[]): Promise<void> {
  await commit(writes, digest(writes, Math.random()).slice(0, 36), Date.now() + 5000);
}
