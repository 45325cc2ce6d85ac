import { announce } from '../kit/event.ts';
import { type Plan, refuse, type Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { type Author, type Standing, shown } from './author.ts';
import { itemPublished, itemRejected } from './events.ts';
import { type CatalogItem, changedHead, type Published, publishedOf } from './item.ts';
import { notPublished, partNotPublished, partOfBundle, tooManyBundles, wrongState } from './problems.ts';
import { mustBeComplete, restated } from './submission.ts';
import type { ItemView } from './view.ts';

/** As many published bundles hold one service at most: they change with it in one transaction. */
export const mostBundles = 40;

/** An item with those that its publication concerns: parts that it has or had, bundles that hold it. */
export interface Circle extends Standing {
  readonly around: ReadonlyMap<string, CatalogItem>;
}

/** Ids of the items whose heads a publication concerns. */
export function circleOf({ item, newest }: Pick<Standing, 'item' | 'newest'>): string[] {
  const had = item.published?.parts ?? [];
  return [...new Set([...item.bundles, ...had, ...newest.content.parts].map(idOf))];
}
const idOf = (one: string | { readonly itemId: string }) => (typeof one === 'string' ? one : one.itemId);

/** Publishes the newest revision, which approves it; the one before is approved from then on. */
export function publishItem(circle: Circle, made: Author): Plan<ItemView> {
  const { item, newest, around } = circle;
  const already = item.published?.revision === newest.revision;
  if (newest.state === 'REJECTED' || already) refuse(wrongState, undefined, { state: item.state });
  mustBeComplete(circle);
  const parts = newest.content.parts.map(({ itemId }) => itemId);
  const closed = parts.filter((itemId) => !around.get(itemId)?.published);
  if (closed.length > 0) refuse(partNotPublished, undefined, { parts: closed });
  const after: CatalogItem = {
    ...item,
    state: 'PUBLISHED',
    published: publishedOf(item.type, newest, around, made.now),
  };
  const approved =
    newest.state === 'APPROVED' ? undefined : restated(circle, { state: 'APPROVED', reason: null }, made);
  return {
    writes: [
      ...(approved?.writes ?? []),
      ...changedHead(made.providerId, item, after),
      ...held(circle, parts, made),
      ...repriced(circle, after.published as Published, made),
    ],
    receipt: {
      action: 'catalogue.publish',
      subject: item.id,
      before: { state: item.state, published: item.published?.revision ?? null },
      after: { state: 'PUBLISHED', published: newest.revision },
    },
    announcements: [told(item, newest.content.name, newest.revision)],
    reply: shown({
      ...circle,
      item: { ...after, version: item.version + 1 },
      newest: approved?.newest ?? newest,
    }),
  };
}

const told = ({ id, type }: CatalogItem, name: string, revision: number | null) =>
  announce(itemPublished, id, { type, name, revision });

/** Parts learn of the bundle that holds them, or holds them no more: while it does they stay published. */
function held({ item, around }: Circle, now: readonly string[], { providerId }: Author): Write[] {
  const had = (item.published?.parts ?? []).map(({ itemId }) => itemId);
  const joining = now.filter((one) => !had.includes(one));
  const leaving = had.filter((one) => !now.includes(one));
  return [...joining, ...leaving].flatMap((partId) => {
    const one = around.get(partId);
    if (!one) return [];
    const others = one.bundles.filter((bundle) => bundle !== item.id);
    const bundles = joining.includes(partId) ? [...others, item.id] : others;
    if (bundles.length > mostBundles) refuse(tooManyBundles, undefined, { part: partId });
    return changedHead(providerId, one, { ...one, bundles });
  });
}

/** Bundles that hold a service show and sum what is published of it now, and wait for approval as it does. */
function repriced(
  { item, around }: Circle,
  { name, price, approval }: Published,
  { providerId }: Author,
): Write[] {
  return item.bundles.flatMap((bundleId) => {
    const bundle = around.get(bundleId);
    if (!bundle?.published) return [];
    const parts = bundle.published.parts.map((one) =>
      one.itemId === item.id ? { ...one, name, price, approval } : one,
    );
    return changedHead(providerId, bundle, { ...bundle, published: { ...bundle.published, parts } });
  });
}

/** Takes an item from sale: it stays approved, and with those it was given to. */
export function unpublishItem(circle: Circle, made: Author): Plan<ItemView> {
  const { item, newest } = circle;
  const published = item.published ?? refuse(notPublished);
  if (item.bundles.length > 0) {
    const names = item.bundles.map((one) => circle.around.get(one)?.name ?? one);
    throw new Problem(partOfBundle, `Held by ${names.slice(0, 5).join(', ')}`, {
      data: { bundles: item.bundles },
    });
  }
  const state = published.revision === newest.revision ? 'APPROVED' : item.state;
  const after: CatalogItem = { ...item, state, published: null };
  return {
    writes: [...changedHead(made.providerId, item, after), ...held(circle, [], made)],
    receipt: {
      action: 'catalogue.unpublish',
      subject: item.id,
      before: { published: published.revision },
      after: { published: null, state },
    },
    announcements: [told(item, published.name, null)],
    reply: shown({ ...circle, item: { ...after, version: item.version + 1 } }),
  };
}

/** Sends what was submitted back, with the reason. */
export function rejectItem(standing: Standing, reason: string, made: Author): Plan<ItemView> {
  const { item, newest } = standing;
  if (newest.state !== 'PENDING') refuse(wrongState, undefined, { state: item.state });
  const after = restated(standing, { state: 'REJECTED', reason }, made);
  const head: CatalogItem = { ...item, state: 'REJECTED' };
  return {
    writes: [...after.writes, ...changedHead(made.providerId, item, head)],
    receipt: {
      action: 'catalogue.reject',
      subject: item.id,
      before: { state: 'PENDING' },
      after: { state: 'REJECTED', revision: newest.revision },
      reason,
    },
    announcements: [announce(itemRejected, item.id, { revision: newest.revision, reason })],
    reply: shown({ ...standing, item: { ...head, version: item.version + 1 }, newest: after.newest }),
  };
}
