import * as z from 'zod';
import { digest } from '../kit/digest.ts';
import {
  catalogCategoryEntry,
  catalogKey,
  catalogLookupKey,
  catalogRevisionKey,
  catalogStateEntry,
  nameEntry,
} from '../kit/keys.ts';
import type { Item, Write } from '../kit/plan.ts';
import { foldName } from '../kit/text.ts';
import { content, type ItemType, itemType } from './content.ts';
import { storedPrice } from './price.ts';

/** States of the newest revision; `PUBLISHED` where that is the published one. Source: domain.md §1.4.5. */
export const states = ['DRAFT', 'PENDING', 'REJECTED', 'APPROVED', 'PUBLISHED'] as const;
export const state = z.enum(states);
export type State = z.infer<typeof state>;

const part = z.object({
  itemId: z.string(),
  name: z.string(),
  min: z.number(),
  max: z.number(),
  price: storedPrice.nullable(),
  // What was published before parts said so asks for an approval until it is published again.
  approval: z.boolean().default(true),
});

/** What is published of an item, as it stands on the head; its description stands with the revision. */
export const published = content.omit({ description: true, parts: true }).extend({
  type: itemType,
  revision: z.number(),
  parts: z.array(part),
  publishedAt: z.string(),
});
export type Published = z.infer<typeof published>;

/** Whether a request of so many of each part, or else the least, waits for an approval: the item or a taken part asks for it. */
export const asksApproval = (
  { approval, parts }: Pick<Published, 'approval' | 'parts'>,
  quantities: Readonly<Record<string, number>> = {},
): boolean => approval || parts.some((one) => one.approval && (quantities[one.itemId] ?? one.min) > 0);

const head = z.object({
  id: z.string(),
  type: itemType,
  code: z.string().nullable().default(null),
  name: z.string(),
  category: z.string().nullable(),
  state,
  revision: z.number(),
  published: published.nullable(),
  bundles: z.array(z.string()),
  createdAt: z.string(),
  createdBy: z.string(),
  supplied: z.boolean().default(false),
  lookup: z.number(),
  version: z.number(),
});

/** The head of an item of the catalogue: the state of its newest revision, and what is published of it. */
export type CatalogItem = z.infer<typeof head>;

/** A stored head as an item of the catalogue. */
export const toItem = (stored: Readonly<Record<string, unknown>>): CatalogItem => head.parse(stored);

const revision = z.object({
  itemId: z.string(),
  revision: z.number(),
  state: z
    .enum(['DRAFT', 'PENDING', 'REJECTED', 'APPROVED'])
    .describe('Whether it is published the head says'),
  content,
  reason: z.string().nullable(),
  changedAt: z.string(),
  changedBy: z.string(),
  version: z.number(),
});
export type Revision = z.infer<typeof revision>;
export const toRevision = (stored: Readonly<Record<string, unknown>>): Revision => revision.parse(stored);

/** The state of a revision as callers see it: published is the one that the head names. */
export const stateOf = ({ published: shown }: Pick<CatalogItem, 'published'>, one: Revision): State =>
  shown?.revision === one.revision ? 'PUBLISHED' : one.state;

/** A revision as it is to be published, with the parts as they are published themselves. */
export function publishedOf(
  type: ItemType,
  one: Revision,
  parts: ReadonlyMap<string, CatalogItem>,
  publishedAt: string,
): Published {
  const { description: _, ...shown } = one.content;
  return {
    ...shown,
    type,
    revision: one.revision,
    publishedAt,
    parts: one.content.parts.map((own) => {
      const of = parts.get(own.itemId)?.published;
      return { ...own, name: of?.name ?? '', price: of?.price ?? null, approval: of?.approval ?? true };
    }),
  };
}

export function headItem(providerId: string, one: CatalogItem): Item & { version: number } {
  const sortName = `${foldName(one.name)}#${one.id}`;
  return {
    ...catalogKey(providerId, one.id),
    ...nameEntry(providerId, 'CATALOG', foldName(one.name), one.id),
    ...catalogStateEntry(providerId, one, sortName),
    kind: 'catalogItem',
    ...one,
    summary: { category: one.category, revision: one.revision, published: one.published?.revision ?? null },
  };
}

export function revisionItem(providerId: string, one: Revision): Item & { version: number } {
  return { ...catalogRevisionKey(providerId, one.itemId, one.revision), kind: 'catalogRevision', ...one };
}

export const categoryHash = (category: string): string => digest('category', foldName(category)).slice(0, 16);

function lookupItem(providerId: string, one: CatalogItem): Item & { version: number } {
  const place = one.category === null ? undefined : categoryHash(one.category);
  return {
    ...catalogLookupKey(providerId, one.id),
    ...(place ? catalogCategoryEntry(providerId, place, `${foldName(one.name)}#${one.id}`) : {}),
    ...(one.published ? nameEntry(providerId, 'PUBLISHED', foldName(one.published.name), one.id) : {}),
    kind: 'catalogLookup',
    id: one.id,
    version: one.lookup,
  };
}

export function createdHead(providerId: string, one: CatalogItem): Write[] {
  return [
    { do: 'create', item: headItem(providerId, one) },
    { do: 'create', item: lookupItem(providerId, one) },
  ];
}

/** The head as it is now, with its lookups where it is found otherwise; nothing where nothing differs. */
export function changedHead(providerId: string, before: CatalogItem, after: CatalogItem): Write[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const { version } = before;
  const found = [before, after].map((one) => {
    const { kind, version: _, ...places } = lookupItem(providerId, one);
    return JSON.stringify(places);
  });
  const moved = found[0] !== found[1];
  const lookup = before.lookup + (moved ? 1 : 0);
  const renewed = { ...after, lookup, version: version + 1 };
  return [
    { do: 'replace', version, item: headItem(providerId, renewed) },
    ...(moved
      ? [{ do: 'replace', version: before.lookup, item: lookupItem(providerId, renewed) } satisfies Write]
      : []),
  ];
}
