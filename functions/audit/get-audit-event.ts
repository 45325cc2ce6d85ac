import * as z from 'zod';
import { belongsTo, fullAuditEvent, isBelow, seenFrom, toFullAuditEvent } from '../../lib/audit/entry.ts';
import { entryAndNode, entryAndNodeBelow, entryBelow, entryOf } from '../../lib/audit/store.ts';
import { reaching } from '../../lib/aws/vouch.ts';
import { prefixes } from '../../lib/kit/id.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes, providerOf } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const getAuditEvent = route({
  id: 'getAuditEvent',
  method: 'GET',
  path: '/v1/audit-events/{auditId}',
  summary: 'One thing that was done, with what differed before and after',
  description:
    'Entries never change. A provider or reseller that sends the `nodeId` of a list as `customerId` is answered sooner.',
  permission: 'audit.read',
  target: { home: ['PROVIDER', ...customerTypes] },
  params: z.strictObject({ auditId: id('audit') }),
  query: z.strictObject({
    customerId: id('customer').optional().describe('The customer in whose record it stands'),
  }),
  reply: { status: 200, body: fullAuditEvent },
  refuses: [],
  load: async ({ home, params, query, provider, scope }) => {
    const { auditId } = params;
    const { customerId } = query;
    if (customerId !== undefined) return reaching([customerId], () => entryAndNode(customerId, auditId));
    if (home.startsWith(prefixes.provider))
      return { entry: await entryBelow(home, auditId), node: undefined };
    const [own, root] = await Promise.all([
      entryOf(home, auditId),
      provider ?? scope().then((one) => providerOf(one.home)),
    ]);
    return own ? { entry: own, node: undefined } : entryAndNodeBelow(root, auditId);
  },
  decide: ({ scope }, { entry, node }) => {
    const seen = entry && (belongsTo(scope.home, entry) || isBelow(scope.home, node, scope.move));
    if (!entry || !seen) refuse(notFound);
    return answer(seenFrom(scope.home.id, toFullAuditEvent(entry), String(entry.path)), { version: 1 });
  },
});
