import * as z from 'zod';
import { newRemoval, planRemoval as plan, removal } from '../../lib/access/removal.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { askedOf, groundAt, told } from './removal-facts.ts';

export const planRemoval = route({
  id: 'planRemoval',
  method: 'POST',
  path: '/v1/customers/{customerId}/removal-plans',
  summary: 'Say what removing a customer from you comes to: what blocks it, and what follows',
  description:
    'The customer, its people and its data live on without a partner. The plan counts for 15 minutes, and until anything that it tells of changes; executing it needs its id.',
  permission: 'removals.manage',
  target: { param: 'customerId', types: customerTypes, below: true },
  params: z.strictObject({ customerId: id('customer') }),
  body: newRemoval,
  reply: { status: 201, body: removal },
  refuses: [],
  load: async ({ scope, now }) => groundAt((await scope()).target, now),
  decide: ({ scope, body, newId, now }, ground) => {
    const asked = askedOf(body);
    const { facts } = told(ground, { ...asked, plannedAt: now, now });
    const { target, home } = scope;
    const found = {
      ...facts,
      customerId: target.id,
      customerName: target.name,
      partner: { id: home.id, name: home.name },
    };
    return plan(body, found, { id: newId('removal'), now, home });
  },
});
