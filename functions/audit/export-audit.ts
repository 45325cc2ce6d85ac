import * as z from 'zod';
import { isBelow } from '../../lib/audit/entry.ts';
import { headOf, rowLineOf, sealLineOf } from '../../lib/audit/export.ts';
import {
  entriesInOrder,
  entriesInOrderBelow,
  profileOf,
  sealsOfNode,
  sealsOfTree,
} from '../../lib/audit/export-store.ts';
import { exportLine } from '../../lib/audit/lines.ts';
import { reaching } from '../../lib/aws/vouch.ts';
import { prefixes } from '../../lib/kit/id.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

const seals = 'seals';
const entries = 'entries';

/** A position is the part of the export that goes on, and where. */
function readPosition(position: string | undefined) {
  const [part = seals, ...after] = position?.split(' ') ?? [];
  return { part, after: after.length > 0 ? after.join(' ') : undefined };
}

export const exportAudit = route({
  id: 'exportAudit',
  method: 'GET',
  path: '/v1/audit-export',
  summary: 'The whole record with its seals, to be verified offline',
  description: [
    'First the seals, oldest first, then the entries. Keep the pages as they come, a line each: `npm run audit:verify -- <file>` names every entry that was overwritten, deleted, added or reordered, and needs neither table nor network; `docs/audit.md` says how anybody else does.',
    'The provider’s staff get everything at the provider and below it, or with `customerId` one customer’s record; customers their own, resellers also that of a node below. Who sees one record alone gets what its seals hold of it, with proofs that hold nothing of what others did.',
    'A page may be short, or empty, and still have a `nextCursor`.',
  ].join(' '),
  permission: 'audit.read',
  undelegated: true,
  target: { home: ['PROVIDER', ...customerTypes] },
  page: true,
  query: z.strictObject({
    customerId: id('customer').optional().describe('Only the record of this customer'),
  }),
  reply: { status: 200, body: pageOf(exportLine) },
  refuses: [],
  load: async ({ home, query, position }) => {
    const { customerId, limit } = query;
    const nodeId = customerId ?? home;
    const whole = customerId === undefined && home.startsWith(prefixes.provider);
    const { part, after } = readPosition(position);
    const turn = { after, limit };
    const [node, sealed, written] = await reaching([customerId], () =>
      Promise.all([
        profileOf(nodeId),
        part === seals ? (whole ? sealsOfTree : sealsOfNode)(nodeId, turn) : undefined,
        part === entries ? (whole ? entriesInOrderBelow : entriesInOrder)(nodeId, turn) : undefined,
      ]),
    );
    return { nodeId, whole, first: position === undefined, node, sealed, written };
  },
  decide: ({ scope, query, now, seal }, { nodeId, whole, first, node, sealed, written }) => {
    if (query.customerId !== undefined && !isBelow(scope.home, node, scope.move)) refuse(notFound);
    const head = first ? [headOf(nodeId, whole, now)] : [];
    if (sealed) {
      const lines = sealed.seals.map((one) => sealLineOf(one, sealed.parts));
      const next = sealed.next === null ? entries : `${seals} ${sealed.next}`;
      return answer({ items: [...head, ...lines], nextCursor: seal(next) });
    }
    const { entries: found = [], next = null } = written ?? {};
    const viewer = whole ? undefined : scope.home.id;
    const lines = found.map((item) => rowLineOf(item, viewer));
    return answer({ items: lines, nextCursor: next && seal(`${entries} ${next}`) });
  },
});
