import * as z from 'zod';
import { machinePage } from '../../lib/endpoints/machine-store.ts';
import { machineState, machineView } from '../../lib/endpoints/machine-view.ts';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { shown } from './one-machine.ts';

export const listMachines = route({
  id: 'listMachines',
  method: 'GET',
  path: '/v1/customers/{customerId}/machines',
  summary: 'A customer’s machines, with when they were heard last',
  description:
    'Oldest first. A filtered page may hold fewer machines than `limit`, even none: go on until `nextCursor` is null.',
  permission: 'console.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  query: z.strictObject({ state: machineState.optional(), groupId: id('machineGroup').optional() }),
  page: true,
  reply: { status: 200, body: pageOf(machineView) },
  refuses: [],
  load: ({ target, query, position }) => machinePage(target, { limit: query.limit, after: position }),
  decide: ({ query, seal, now }, { sights, next }) =>
    answer({
      items: sights
        .map((sight) => shown(sight, now))
        .filter(
          ({ state, groupId }) => (query.state ?? state) === state && (query.groupId ?? groupId) === groupId,
        ),
      nextCursor: next && seal(next),
    }),
});
