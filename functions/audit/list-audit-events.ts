import * as z from 'zod';
import { auditEvent, auditFilters, isBelow } from '../../lib/audit/entry.ts';
import { cut, sightFor, sightOfFiltered } from '../../lib/audit/page.ts';
import { entriesBelow, entriesOf } from '../../lib/audit/store.ts';
import { reaching } from '../../lib/aws/vouch.ts';
import { prefixes } from '../../lib/kit/id.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id, instant } from '../../lib/kit/text.ts';

export const listAuditEvents = route({
  id: 'listAuditEvents',
  method: 'GET',
  path: '/v1/audit-events',
  summary: 'What was done, newest first',
  description: [
    'The provider’s staff see what was done at the provider and below it; a customer’s administrators see what was done to their own customer, by whomever; those of a reseller also, with `customerId`, what was done to each node below it.',
    `Time and customer, and with it a session, are looked up. The other filters pass over what was read: such a page looks at no more than ${sightOfFiltered} entries, so it may be short or empty and still have a \`nextCursor\`.`,
    'Entries of the credit ledger are their own audit entries and are listed with the customer’s credits.',
  ].join(' '),
  permission: 'audit.read',
  target: { home: ['PROVIDER', ...customerTypes] },
  page: true,
  query: z.strictObject({
    from: instant.optional().describe('Done at this time or later'),
    to: instant.optional().describe('Done before this time'),
    customerId: id('customer').optional().describe('Only the record of this customer'),
    ...auditFilters,
  }),
  reply: { status: 200, body: pageOf(auditEvent) },
  refuses: [],
  load: async ({ home, query, position }) => {
    const { from, to, customerId, limit } = query;
    const range = { from, to, after: position, sight: sightFor(query, limit) };
    const whole = home.startsWith(prefixes.provider) && customerId === undefined;
    const read = await (whole
      ? entriesBelow(home, range)
      : reaching([customerId], () => entriesOf(customerId ?? home, { ...range, session: query.session })));
    return { ...read, limit };
  },
  decide: ({ scope, query, seal }, read) => {
    if (query.customerId !== undefined && !isBelow(scope.home, read.node, scope.move)) refuse(notFound);
    // The whole record of a provider is of its own tree alone.
    const sight = read.node && { sight: { homeId: scope.home.id, path: String(read.node.path) } };
    const { items, next } = cut(read, { filters: query, limit: read.limit, ...sight });
    return answer({ items, nextCursor: next && seal(next) });
  },
});
