import * as z from 'zod';
import { belongsTo, fullAuditEvent, toFullAuditEvent } from '../../lib/audit/entry.ts';
import { entryBelow, entryOf } from '../../lib/audit/store.ts';
import { prefixes } from '../../lib/kit/id.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const getAuditEvent = route({
  id: 'getAuditEvent',
  method: 'GET',
  path: '/v1/audit-events/{auditId}',
  summary: 'One thing that was done, with what differed before and after',
  description:
    'Entries never change. A provider that sends the `customerId` of a list’s `nodeId` is answered sooner.',
  permission: 'audit.read',
  target: { home: ['PROVIDER', ...customerTypes] },
  params: z.strictObject({ auditId: id('audit') }),
  query: z.strictObject({
    customerId: id('customer').optional().describe('The customer in whose record it stands'),
  }),
  reply: { status: 200, body: fullAuditEvent },
  refuses: [],
  load: ({ home, params, query }) => {
    const whole = home.startsWith(prefixes.provider) && query.customerId === undefined;
    return whole ? entryBelow(home, params.auditId) : entryOf(query.customerId ?? home, params.auditId);
  },
  decide: ({ scope }, found) => {
    if (!found || !belongsTo(scope.home, found)) refuse(notFound);
    return answer(toFullAuditEvent(found), { version: 1 });
  },
});
