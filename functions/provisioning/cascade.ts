import { now } from '../../lib/aws/world.ts';
import { type Announcement, announce } from '../../lib/kit/event.ts';
import { pathAt, type TreeEntry } from '../../lib/kit/keys.ts';
import { provisioningRequested } from '../../lib/provisioning/events.ts';
import { remember, standing } from '../../lib/provisioning/object.ts';
import { containerId, type Step } from '../../lib/provisioning/rules.ts';
import { beliefsOf } from '../../lib/provisioning/store.ts';
import { isAligned, nodesBelow, placeOf, placesBelow } from '../../lib/provisioning/tree-store.ts';
import type { Done, Work } from './ensure-object.ts';

type Cascade = Extract<Step, { do: 'cascade' }>;

/** Asks every node below whose accounts are not as the nodes above say to align them: a page of the subtree at each turn. */
export async function cascade(step: Cascade, work: Work): Promise<Done> {
  if (step.places === null) return begin(step, work);
  const [place, ...others] = step.places;
  if (place === undefined) return { message: 'all below asked', writes: [] };
  const providerId = work.path[1] ?? '';
  const { items, next } = await nodesBelow(providerId, place, step.after);
  const below = items.filter(({ id }) => id !== work.customerId);
  const asked = await Promise.all(below.map(ask));
  const announcements = asked.filter((one) => one !== undefined);
  const places = next === null ? others : step.places;
  return {
    message: `${below.length} nodes below looked at, ${announcements.length} asked`,
    writes: [],
    announcements,
    ...(places.length > 0 ? { next: { ...step, places, after: next } } : {}),
  };
}

/** What holds for the nodes below is remembered first: whatever is made there from now on heeds it. */
async function begin(step: Cascade, work: Work): Promise<Done> {
  const [belief] = await beliefsOf(work.customerId, [containerId]);
  const container = standing(belief);
  const turns = step.hold !== null && container && container.told !== step.hold;
  if (!turns && !step.always) return { message: 'nothing changes below', writes: [] };
  const { version: _, ...rest } = container ?? { version: 0 };
  const writes =
    turns && container
      ? remember(container, {
          ...(rest as Omit<typeof container, 'version'>),
          suspended: step.hold === true,
          told: step.hold,
          asOf: work.asOf,
        })
      : [];
  const places = await placesBelow(work.path);
  return { message: 'begun', writes, next: { ...step, places, after: null } };
}

// Whoever cannot be looked at is asked: one node does not keep the others from what holds for all.
async function ask(item: Readonly<Record<string, unknown>>): Promise<Announcement | undefined> {
  const customerId = String(item.id);
  const aligned = await isRight(customerId, item).catch(() => false);
  if (aligned) return undefined;
  return announce(provisioningRequested, customerId, { customerId, what: 'align', desired: null });
}

async function isRight(customerId: string, item: Readonly<Record<string, unknown>>): Promise<boolean> {
  const place = await placeOf(customerId, pathAt(item as unknown as TreeEntry));
  return !place || isAligned(customerId, place, Date.parse(now()));
}
