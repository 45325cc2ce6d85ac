import { standing } from '../../lib/provisioning/object.ts';
import { type Step, stepsFor, userId } from '../../lib/provisioning/rules.ts';
import { beliefsOf, servicesOf, surroundingsOf, userPage } from '../../lib/provisioning/store.ts';
import { desiredFrom, isOut, namedUser, type Surroundings } from '../../lib/provisioning/wish.ts';
import { type Done, ensure, store, type Work } from './ensure-object.ts';

const atOnce = 10;

/** Brings some of a customer's users to what they are now, where they belong now; those who are out only if they were in. */
export async function bringUsers(step: Extract<Step, { do: 'bringUsers' }>, work: Work): Promise<Done> {
  const { users, next } = await userPage(work.customerId, atOnce, step.after);
  const around = await surroundingsOf(work.customerId, { providerId: work.path[1] ?? '' });
  let count = 0;
  for (const item of users) {
    const userServices = await servicesOf(work.customerId, String(item.id));
    if (await bring({ ...around, user: item, userServices }, work)) count++;
  }
  const message = `${count} users brought`;
  return { message, writes: [], ...(next === null ? {} : { next: { ...step, after: next } }) };
}

async function bring(found: Surroundings & { user: NonNullable<Surroundings['user']> }, work: Work) {
  const { customerId } = work;
  const user = namedUser(found.user);
  const out = isOut(found.user);
  const [belief] = await beliefsOf(customerId, [userId(user.id)]);
  if (out && !standing(belief)) return false;
  const desired = desiredFrom(found, { customerId, version: 0, user });
  for (const one of stepsFor(customerId, out ? 'user_deprovision' : 'user_provision', desired)) {
    const own = one.do === 'ensure' && one.owner === customerId && /^[FU]#/.test(one.objectId);
    if (own) await store((await ensure(one, work)).writes);
  }
  return true;
}
