import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { malformed, Problem } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { seatUsage, usageIn } from '../../lib/licensing/holding.ts';
import { usageOf } from '../../lib/licensing/seat-store.ts';
import { monthOf } from '../../lib/licensing/seat-use.ts';

const month = z
  .string()
  .regex(/^20\d\d-(0[1-9]|1[0-2])$/, 'must be a month, such as `2026-11`')
  .describe('UTC');

export const getSeatUsage = route({
  id: 'getSeatUsage',
  method: 'GET',
  path: '/v1/customers/{customerId}/seat-usage',
  summary: 'What was metered of a customer’s seats in a month, by product and day',
  description: 'Months and days are those of UTC. The month that runs is told up to now.',
  permission: 'licences.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  query: z.strictObject({ month }),
  reply: { status: 200, body: z.strictObject({ month: z.string(), products: z.array(seatUsage) }) },
  refuses: [],
  load: ({ target, query, now }) => usageOf(target, query.month, now),
  decide: ({ query, now }, found) => {
    if (query.month > monthOf(now)) {
      const errors = [{ pointer: '#/query/month', message: 'has not begun' }];
      throw new Problem(malformed, undefined, { errors });
    }
    const products = found.flatMap(({ meter, kept }) => usageIn(meter, query.month, { now, kept }) ?? []);
    return answer({ month: query.month, products });
  },
});
