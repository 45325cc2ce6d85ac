import { get, getAll, page } from '../aws/db.ts';
import { profilesOf } from '../aws/vouch.ts';
import { reachingBy } from '../aws/vouch-rows.ts';
import {
  accessKey,
  forestKey,
  importKey,
  importLinkKey,
  importRecipientKey,
  managementKey,
  memberKey,
  nodeKey,
  openImportsKey,
  partition,
  settingsKey,
} from '../kit/keys.ts';
import { overlayOf, placed } from '../kit/move.ts';
import type { Node } from '../kit/scope.ts';
import { type Import, toImport } from './import.ts';
import { hashOfToken, tokenPattern, toLink, toRecipient } from './import-link.ts';
import { type OpenImports, toOpenImports } from './open-imports.ts';
import { type Found, lookedAfterBy } from './opened.ts';

type Stored = Readonly<Record<string, unknown>>;

/** How many imports of a partner wait, and whether its provider has customers at all. */
export async function openImportsOf(
  partnerId: string,
  providerId: string,
): Promise<{ open: OpenImports; mspModeOn: boolean }> {
  const [open, mode] = await getAll([openImportsKey(partnerId), settingsKey(providerId, 'MSP_MODE')], true);
  return { open: toOpenImports(open), mspModeOn: mode?.enabled === 1 };
}

export async function importOf(
  partnerId: string,
  importId: string,
): Promise<{ one: Import | undefined; open: OpenImports }> {
  const [one, open] = await getAll([importKey(partnerId, importId), openImportsKey(partnerId)], true);
  return { one: one && toImport(one), open: toOpenImports(open) };
}

/** A page of a partner's imports, newest first. */
export function importPage(partnerId: string, query: { limit: number; after: string | undefined }) {
  return page({ partition: partition(partnerId, 'IMPORT'), backwards: true, ...query });
}

/** A stored profile as a node where it stands. */
export function toNode(item: Stored | undefined, forest?: Stored): Node | undefined {
  if (!item) return undefined;
  const { id, type, name, version } = item as unknown as Node;
  const path = placed(String(item.path).split('/'), overlayOf(forest));
  return { id, type, name, version, path, item };
}

export const namesOf = (nodes: readonly (Stored | undefined)[]): string[] =>
  nodes.flatMap((one) => (one ? [String(one.name)] : []));

/** What stands behind a token: undefined, after one read, for what never was one. */
export async function behind(token: string): Promise<Found | undefined> {
  if (!tokenPattern.test(token)) return undefined;
  const hash = hashOfToken(token);
  const pointer = await get(importLinkKey(hash), true);
  if (!pointer) return undefined;
  const link = toLink(pointer);
  const { importId, partnerId, providerId, customerId, personId } = link;
  const named = [partnerId, providerId, customerId];
  const keys = [
    importRecipientKey(importId),
    importKey(partnerId, importId),
    openImportsKey(partnerId),
    nodeKey(partnerId),
    nodeKey(customerId),
    memberKey(customerId, personId),
    managementKey(customerId),
    accessKey(customerId),
    forestKey(providerId),
  ];
  const read = await reachingBy(pointer, named, () => getAll(keys, true));
  const [recipient, one, open, partner, customer, member, management, grant, forest] = read;
  const [asking, target] = [toNode(partner, forest), toNode(customer)];
  const presentId = target && lookedAfterBy(target);
  const line = asking?.path.slice(1, -1) ?? [];
  const nodes = [...line, ...(presentId === undefined ? [] : [presentId])];
  const found = nodes.length > 0 ? await profilesOf(nodes) : [];
  return {
    ...{ hash, link, pointer, open: toOpenImports(open), member, management, grant, forest },
    recipient: recipient && toRecipient(recipient),
    one: one && toImport(one),
    partner: asking,
    customer: target,
    present: found[line.length],
    above: namesOf(found.slice(0, line.length)),
  };
}
