import { difference, type Plan, refuse, type Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { changedCode, keptCode, taken } from './code.ts';
import { type ChangedContent, type Content, type NewContent, written } from './content.ts';
import { type CatalogItem, changedHead, createdHead, type Revision, revisionItem, toItem } from './item.ts';
import type { Pricing } from './price.ts';
import { partUnknown, wrongState } from './problems.ts';
import { type ItemView, viewItem } from './view.ts';

/** An item as a decision finds it: head, newest revision, the pricing system. */
export interface Standing {
  readonly item: CatalogItem;
  readonly newest: Revision;
  readonly pricing: Pricing;
}

/** Who acts where and when. */
export interface Author {
  readonly providerId: string;
  readonly by: string;
  readonly now: string;
}

export const tagOf = ({ item, newest }: Pick<Standing, 'item' | 'newest'>): string =>
  `${item.version}.${newest.version}`;

/** The answer that shows an item as it is after a change. */
export function shown(standing: Standing, more: { status?: number; location?: string } = {}) {
  const body: ItemView = viewItem(standing.item, standing.newest, standing.pricing);
  return { ...more, body, version: tagOf(standing) };
}

/** A new item as it stands first: a draft. */
export function drafted(
  command: NewContent,
  made: { id: string; pricing: Pricing; supplied: boolean; taken?: Problem } & Author,
): Standing & { writes: Write[] } {
  const { type, code = null, ...given } = command;
  const content = written(type, given, made.pricing);
  const newest: Revision = {
    itemId: made.id,
    revision: 1,
    state: 'DRAFT',
    content,
    reason: null,
    changedAt: made.now,
    changedBy: made.by,
    version: 1,
  };
  const item = toItem({
    id: made.id,
    type,
    code,
    ...headOf(content, newest),
    published: null,
    bundles: [],
    createdAt: made.now,
    createdBy: made.by,
    supplied: made.supplied,
    lookup: 1,
    version: 1,
  });
  const writes: Write[] = [
    ...keptCode(made.providerId, item, made.taken),
    ...createdHead(made.providerId, item),
    { do: 'create', item: revisionItem(made.providerId, newest) },
  ];
  return { item, newest, pricing: made.pricing, writes };
}

const headOf = ({ name, category }: Content, { revision, state }: Revision) => ({
  name,
  category,
  revision,
  state,
});

/** Adds an item to the catalogue, as a draft. */
export function createItem(
  command: NewContent,
  made: Parameters<typeof drafted>[1] & { known: ReadonlyMap<string, CatalogItem> },
): Plan<ItemView> {
  mustBeServices(command.parts, made.known);
  const { writes, ...standing } = drafted(command, { ...made, taken: taken() });
  return {
    writes,
    receipt: { action: 'catalogue.create', subject: made.id, after: auditable(standing.newest) },
    reply: shown(standing, { location: `/v1/catalogue/items/${made.id}` }),
  };
}

/** Parts name services of the same catalogue, published or not. */
export function mustBeServices(
  parts: readonly { readonly itemId: string }[] | undefined,
  known: ReadonlyMap<string, CatalogItem>,
): void {
  const errors = (parts ?? []).flatMap(({ itemId }, index) =>
    known.get(itemId)?.type === 'SERVICE'
      ? []
      : [{ pointer: `#/parts/${index}/itemId`, message: 'is no service of this catalogue' }],
  );
  if (errors.length > 0) throw new Problem(partUnknown, undefined, { errors });
}

/** Writes the newest revision anew: a draft or what was rejected in its place; what was approved as a new draft. */
export function editItem(
  standing: Standing,
  change: ChangedContent,
  made: { known: ReadonlyMap<string, CatalogItem> } & Author,
): Plan<ItemView> {
  const { item, newest, pricing } = standing;
  if (newest.state === 'PENDING') refuse(wrongState, undefined, { state: 'PENDING' });
  mustBeServices(change.parts, made.known);
  const { code = item.code, ...said } = change;
  const content = written(
    item.type,
    { ...said, name: change.name ?? newest.content.name },
    pricing,
    newest.content,
  );
  const differing = difference(flat(newest.content), flat(content));
  if (Object.keys(differing.after).length === 0) return recodeItem(standing, code, made);
  const told = difference({ ...flat(newest.content), code: item.code }, { ...flat(content), code });
  const fresh = newest.state === 'APPROVED';
  const after: Revision = {
    ...newest,
    content,
    state: 'DRAFT',
    reason: null,
    changedAt: made.now,
    changedBy: made.by,
    revision: newest.revision + (fresh ? 1 : 0),
    version: fresh ? 1 : newest.version + 1,
  };
  const head = { ...item, code, ...headOf(content, after) };
  const writes = changedHead(made.providerId, item, head);
  const stored = revisionItem(made.providerId, after);
  return {
    writes: [
      fresh ? { do: 'create', item: stored } : { do: 'replace', version: newest.version, item: stored },
      ...writes,
      ...changedCode(made.providerId, item, head),
    ],
    receipt: { action: 'catalogue.edit', subject: item.id, ...told },
    reply: shown({
      item: { ...head, version: item.version + Number(writes.length > 0) },
      newest: after,
      pricing,
    }),
  };
}

/** A code is the item's: no revision begins where nothing else changes. */
function recodeItem(standing: Standing, code: string | null, { providerId }: Author): Plan<ItemView> {
  const { item } = standing;
  const head = { ...item, code };
  const writes = changedHead(providerId, item, head);
  if (writes.length === 0) return { writes, reply: shown(standing) };
  return {
    writes: [...writes, ...changedCode(providerId, item, head)],
    receipt: { action: 'catalogue.edit', subject: item.id, ...difference({ code: item.code }, { code }) },
    reply: shown({ ...standing, item: { ...head, version: item.version + 1 } }),
  };
}

// A receipt is smaller than an item: long texts and forms by their length.
function flat(content: Content): Record<string, unknown> {
  const { description, fields, ...rest } = content;
  const short = description !== null && description.length > 500;
  return {
    ...rest,
    description: short ? `${description.slice(0, 500)}… (${description.length})` : description,
    fields: fields.map(({ key, type, required }) => `${key}:${type}${required ? '!' : ''}`),
  };
}
const auditable = ({ content }: Revision): Record<string, unknown> => {
  const said = Object.entries(flat(content)).filter(([, value]) => value !== null);
  return Object.fromEntries(said.filter(([, value]) => !(Array.isArray(value) && value.length === 0)));
};
