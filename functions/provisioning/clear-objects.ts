import { isOccupied } from '../../lib/aws/directory.ts';
import { now } from '../../lib/aws/world.ts';
import { type Belief, forget, remember, standing, without } from '../../lib/provisioning/object.ts';
import type { Step } from '../../lib/provisioning/rules.ts';
import { beliefPage, beliefsOf, eachBelief } from '../../lib/provisioning/store.ts';
import { type Done, store, type Work } from './ensure-object.ts';

// What one turn of a step removes at most.
const atOnce = 100;

type Remove = Extract<Step, { do: 'remove' }>;
type Clear = Extract<Step, { do: 'clear' }>;

export async function removeOne(step: Remove, work: Work): Promise<Done> {
  const [belief] = await beliefsOf(step.owner, [step.objectId]);
  const known = standing(belief);
  if (!known) return { message: `${step.objectId} absent`, writes: [] };
  if (known.object.type === 'GROUP') {
    const rest = await leave(step, work, [known]);
    if (rest) return rest;
  }
  return remove(known, work);
}

async function remove(known: Belief, work: Work): Promise<Done> {
  const { did, rdns } = await work.directory.remove(known.object);
  return { message: `${rdns.at(-1)} ${did}`, writes: forget(known, { now: now(), asOf: work.asOf }) };
}

/**
 * Takes groups out of what is believed of some of their members, and answers what is left of the step while there are
 * more; the directory does its own part when the groups go.
 */
async function leave(
  step: Remove | Clear,
  { customerId }: Work,
  groups: readonly Belief[],
): Promise<Done | undefined> {
  if (step.after === null || groups.length === 0) return undefined;
  const { beliefs, next } = await beliefPage(customerId, 'U#', step.after);
  for (const one of beliefs) {
    const { version: _, ...rest } = one;
    const object = groups.reduce((left, group) => without(left, group.object.name), one.object);
    if (!one.gone) await store(remember(one, { ...rest, object }));
  }
  const message = `${beliefs.length} users looked at`;
  return next === null ? undefined : { message, writes: [], next: { ...step, after: next } };
}

/** Removes the folders that hold nobody any more, and whatever stands in none; or those alone that one user has left. */
export async function clearEmpty({ user, ...step }: Clear, work: Work): Promise<Done> {
  const [belief] = user === undefined ? [] : await beliefsOf(work.customerId, [user]);
  const left = belief && [...belief.left, ...(belief.gone ? [belief.rdns.slice(0, -1)] : [])];
  if (user !== undefined && !left?.some((one) => one.length > 0)) return { message: '0 removed', writes: [] };
  // What a folder stood in may be empty with it.
  const asked = left && new Set(left.flatMap((one) => one.map((_, at) => one.slice(0, at + 1).join())));
  const folders = (await standingOnes('F#', work)).filter(({ rdns }) => !asked || asked.has(rdns.join()));
  const used = new Set<string>();
  if (folders.length > 0) {
    for await (const { gone, rdns } of eachBelief(work.customerId, 'U#')) {
      if (!gone) for (let at = 1; at < rdns.length; at++) used.add(rdns.slice(0, at).join());
    }
  }
  const empty = folders.filter(({ rdns }) => !used.has(rdns.join()));
  const done = await removeSome(empty, { ...step, ...(user === undefined ? {} : { user }) }, work);
  if (!belief || belief.gone || done.next) return done;
  const { version: _, ...rest } = belief;
  return { ...done, writes: remember(belief, { ...rest, left: [] }) };
}

const clearing = { groups: 'G#', serviceGroups: 'G#', folders: 'F#' } as const;

/** Removes all of a kind that a customer has, some at a time. Whoever clears all groups has cleared the users before. */
export async function clear(step: Clear, work: Work): Promise<Done> {
  const { what } = step;
  if (what === 'users') {
    const { beliefs, next } = await beliefPage(work.customerId, 'U#', step.after ?? undefined);
    const { message } = await removeSome(
      beliefs.filter(({ gone }) => !gone),
      step,
      work,
    );
    return { message, writes: [], ...(next === null ? {} : { next: { ...step, after: next } }) };
  }
  if (what === 'emptyFolders') return clearEmpty(step, work);
  const all = await standingOnes(clearing[what], work);
  const found = all.filter(
    ({ object }) => what !== 'serviceGroups' || (object.type === 'GROUP' && object.service !== null),
  );
  const rest = what === 'serviceGroups' ? await leave(step, work, found) : undefined;
  return rest ?? (await removeSome(found, { ...step, after: null }, work));
}

async function standingOnes(prefix: 'G#' | 'F#', { customerId }: Work): Promise<Belief[]> {
  const found: Belief[] = [];
  for await (const one of eachBelief(customerId, prefix)) if (!one.gone) found.push(one);
  return found;
}

/** Removes the first of these; the step goes on while there are others. A folder in which something else stands is spared where only empty ones are to go. */
async function removeSome(found: Belief[], step: Clear, work: Work): Promise<Done> {
  // Folders inside folders go first.
  found.sort((a, b) => b.rdns.length - a.rdns.length);
  let count = 0;
  let seen = 0;
  for (const one of found) {
    if (count >= atOnce) break;
    seen++;
    try {
      await store((await remove(one, work)).writes);
      count++;
    } catch (error) {
      if (step.what !== 'emptyFolders' || !isOccupied(error)) throw error;
    }
  }
  return { message: `${count} removed`, writes: [], ...(seen < found.length ? { next: step } : {}) };
}
