import * as z from 'zod';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { windowOf } from '../../lib/probes/window-store.ts';

/** What the routes of one maintenance window have in common. */
export const oneWindow = {
  path: '/v1/customers/{customerId}/maintenance-windows/{windowId}',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), windowId: id('maintenanceWindow') }),
  load: ({ target, params }: { target: string; params: { windowId: string } }) =>
    windowOf(target, params.windowId),
} as const;
