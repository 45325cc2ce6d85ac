import { Lasting } from '../../lib/aws/directory.ts';
import { newPassword, seal } from '../../lib/aws/seal.ts';
import { remember, standing } from '../../lib/provisioning/object.ts';
import { containerId, type Step } from '../../lib/provisioning/rules.ts';
import { beliefPage, beliefsOf } from '../../lib/provisioning/store.ts';
import { bringUsers } from './bring-users.ts';
import { cascade } from './cascade.ts';
import { clear, clearEmpty, removeOne } from './clear-objects.ts';
import { type Done, ensure, store, type Work } from './ensure-object.ts';

/** Does one step. It may have been done before, wholly or in part. */
export async function execute(step: Step, work: Work): Promise<Done> {
  switch (step.do) {
    case 'ensure':
      return ensure(step, work);
    case 'remove':
      return removeOne(step, work);
    case 'switchUsers':
      return switchUsers(step, work);
    case 'align':
      return align(step, work);
    case 'cascade':
      return cascade(step, work);
    case 'resetPassword':
      return resetPassword(step, work);
    case 'bringUsers':
      return bringUsers(step, work);
    case 'clear':
      return step.what === 'emptyFolders' ? clearEmpty(step, work) : clear(step, work);
  }
}

/** Lets the customer's accounts log on, or none of them: first for those to come, then for those that are. */
async function switchUsers(step: Extract<Step, { do: 'switchUsers' }>, work: Work): Promise<Done> {
  if (step.after) return switchSome(step.on, step, work);
  const [belief] = await beliefsOf(work.customerId, [containerId]);
  const container = standing(belief);
  if (container) {
    const { version: _, ...rest } = container;
    await store(remember(container, { ...rest, suspended: !step.on, asOf: work.asOf }));
  }
  return switchSome(step.on, step, work);
}

async function align(step: Extract<Step, { do: 'align' }>, work: Work): Promise<Done> {
  const [belief] = await beliefsOf(work.customerId, [containerId]);
  const container = standing(belief);
  return switchSome(container !== undefined && !container.suspended, step, work);
}

type Switching = Extract<Step, { do: 'switchUsers' | 'align' }>;

/** A page of the customer's accounts at each turn. */
async function switchSome(on: boolean, step: Switching, work: Work): Promise<Done> {
  const open = on && !work.blocked;
  const { beliefs, next } = await beliefPage(work.customerId, 'U#', step.after ?? undefined);
  let count = 0;
  for (const one of beliefs) {
    if (one.gone || one.object.type !== 'USER') continue;
    const active = open && one.object.enabled;
    const { did } = await work.directory.switchAccount(one.object, active);
    const { version: _, ...rest } = one;
    await store(remember(one, { ...rest, active }));
    if (did !== 'unchanged' && one.active !== active) count++;
  }
  const why = on && !open ? ': a node above is off' : '';
  return {
    message: `${count} users ${open ? 'enabled' : 'disabled'}${why}`,
    writes: [],
    ...(next === null ? {} : { next: { ...step, after: next } }),
  };
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
