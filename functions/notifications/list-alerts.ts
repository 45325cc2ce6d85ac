import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import {
  alertsIn,
  alertView,
  toCreditReading,
  toLicenceReading,
  toProbeReading,
  toSeatReading,
} from '../../lib/notifications/meters.ts';
import { metersOf } from '../../lib/notifications/store.ts';

export const listAlerts = route({
  id: 'listAlerts',
  method: 'GET',
  path: '/v1/customers/{customerId}/alerts',
  summary: 'Every alert of the customer’s meters and its state',
  description: 'Of probes those that were down or snoozed before.',
  permission: 'notifications.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  reply: { status: 200, body: z.strictObject({ items: z.array(alertView) }) },
  refuses: [],
  load: ({ target }) => metersOf(target),
  decide: ({ now }, { licences, seats, head, alerts, pulses }) => {
    const readings = [
      ...licences.map((item) => toLicenceReading(item)),
      ...seats.map(toSeatReading),
      ...(head ? [toCreditReading(head)] : []),
      ...pulses.filter(({ state }) => state !== 'RETIRED').map(toProbeReading),
    ];
    return answer({ items: readings.flatMap((reading) => alertsIn(reading, alerts, now)) });
  },
});
