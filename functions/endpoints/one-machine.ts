import * as z from 'zod';
import type { Sight } from '../../lib/endpoints/machine.ts';
import { machineOf } from '../../lib/endpoints/machine-store.ts';
import { machineView, viewMachine } from '../../lib/endpoints/machine-view.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { machineIntervalSeconds } from './rhythm.ts';

/** What the routes of one machine have in common. */
export const oneMachine = {
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), machineId: id('machine') }),
  reply: { status: 200, body: machineView },
  load: ({ target, params }: { target: string; params: { machineId: string } }) =>
    machineOf(target, params.machineId),
} as const;

/** A machine as people see it at an instant. */
export const shown = (sight: Sight, now: string) =>
  viewMachine(sight, { now, intervalSeconds: machineIntervalSeconds() });
