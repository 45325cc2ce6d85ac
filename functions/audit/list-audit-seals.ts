import * as z from 'zod';
import { anchorPlace } from '../../lib/audit/anchor.ts';
import { isBelow } from '../../lib/audit/entry.ts';
import { newestSeals, profileOf } from '../../lib/audit/export-store.ts';
import { toPart, toSeal } from '../../lib/audit/seal.ts';
import { reaching } from '../../lib/aws/vouch.ts';
import { prefixes } from '../../lib/kit/id.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

const sealed = z.strictObject({
  rootId: z.string().describe('In whose chain the seal stands'),
  seq: z.int().describe('Number of the seal in that chain'),
  at: z.string(),
  nodeId: z.string().nullable().describe('The node alone, or null: everything below the root'),
  number: z.int().nullable().describe('Number of the node’s own part'),
  entries: z.int().describe('How many entries it holds, of the node alone or in all'),
  hash: z.string().describe('Of the node’s part, or of the seal'),
  anchor: z.string().describe('The object in the bucket of anchors that holds it once its day (UTC) is over'),
});

type Item = Readonly<Record<string, unknown>>;

function ofTree(item: Item): z.input<typeof sealed> {
  const { rootId, seq, at, hash } = toSeal(item);
  const anchor = anchorPlace(rootId, at.slice(0, 10));
  return { ...{ rootId, seq, at, hash, anchor }, nodeId: null, number: null, entries: Number(item.count) };
}

function ofNode(item: Item): z.input<typeof sealed> {
  const { rootId, seq, at, hash, nodeId, number, rows } = toPart(item);
  return {
    rootId,
    seq,
    at,
    nodeId,
    number,
    entries: rows.length,
    hash,
    anchor: anchorPlace(rootId, at.slice(0, 10)),
  };
}

export const listAuditSeals = route({
  id: 'listAuditSeals',
  method: 'GET',
  path: '/v1/audit-seals',
  summary: 'The seals of a record, newest first',
  description:
    'What is done is sealed within minutes: entries are hashed as they were written, and seals are linked to each other. The provider’s staff see the seals over everything below, or with `customerId` those that hold something of one customer; customers their own.',
  permission: 'audit.read',
  target: { home: ['PROVIDER', ...customerTypes] },
  page: true,
  query: z.strictObject({
    customerId: id('customer').optional().describe('Only the record of this customer'),
  }),
  reply: { status: 200, body: pageOf(sealed) },
  refuses: [],
  load: async ({ home, query, position: after }) => {
    const { customerId, limit } = query;
    const whole = customerId === undefined && home.startsWith(prefixes.provider);
    const [found, node] = await reaching([customerId], () =>
      Promise.all([
        newestSeals(customerId ?? home, whole, { after, limit }),
        customerId === undefined ? undefined : profileOf(customerId),
      ]),
    );
    return { ...found, node, whole };
  },
  decide: ({ scope, query, seal }, { items, next, node, whole }) => {
    if (query.customerId !== undefined && !isBelow(scope.home, node, scope.move)) refuse(notFound);
    return answer({ items: items.map(whole ? ofTree : ofNode), nextCursor: next && seal(next) });
  },
});
