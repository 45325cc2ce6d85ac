import { isOccupied } from '../../lib/aws/directory.ts';
import { now } from '../../lib/aws/world.ts';
import { type Belief, forget, remember, standing, without } from '../../lib/provisioning/object.ts';
import type { Step } from '../../lib/provisioning/rules.ts';
import { beliefsOf, eachBelief } from '../../lib/provisioning/store.ts';
import { type Done, store, type Work } from './ensure-object.ts';

export async function removeOne(
  { owner, objectId }: Extract<Step, { do: 'remove' }>,
  work: Work,
): Promise<Done> {
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

/** Removes the folders that hold nobody any more, and whatever stands in none. */
export async function clearEmpty(work: Work): Promise<Done> {
  const folders: Belief[] = [];
  for await (const one of eachBelief(work.customerId, 'F#')) if (!one.gone) folders.push(one);
  const used = new Set<string>();
  if (folders.length > 0) {
    for await (const { gone, rdns } of eachBelief(work.customerId, 'U#')) {
      if (!gone) for (let at = 1; at < rdns.length; at++) used.add(rdns.slice(0, at).join());
    }
  }
  const empty = folders.filter(({ rdns }) => !used.has(rdns.join()));
  return removeAll(empty, work, isOccupied);
}

const clearing = { users: 'U#', groups: 'G#', serviceGroups: 'G#', folders: 'F#' } as const;

/** Removes all of a kind that a customer has. */
export async function clear(what: keyof typeof clearing, work: Work): Promise<Done> {
  const found: Belief[] = [];
  for await (const one of eachBelief(work.customerId, clearing[what])) {
    const spared = what === 'serviceGroups' && one.object.type === 'GROUP' && one.object.service === null;
    if (!one.gone && !spared) found.push(one);
  }
  return removeAll(found, work);
}

async function removeAll(
  found: Belief[],
  work: Work,
  spares: (error: unknown) => boolean = () => false,
): Promise<Done> {
  // Folders inside folders go first.
  found.sort((a, b) => b.rdns.length - a.rdns.length);
  let count = 0;
  for (const { owner, objectId } of found) {
    try {
      const { writes } = await removeOne({ do: 'remove', owner, objectId }, work);
      await store(writes);
      count++;
    } catch (error) {
      if (!spares(error)) throw error;
    }
  }
  return { message: `${count} removed`, writes: [] };
}
