import { subscriber } from '../../lib/kit/context.ts';
import { seatRecovered, seatThreshold } from '../../lib/licensing/events.ts';
import { crossed } from '../../lib/notifications/alert.ts';
import { seatsReached, seatsRecovered } from '../../lib/notifications/seat-emails.ts';
import { tellOfProduct } from './tell-of-product.ts';

export const onSeatsCrossed = subscriber({
  id: 'on-seats-crossed',
  on: { anyOf: [seatThreshold, seatRecovered] },
  impact: 'Nobody is mailed before a customer runs out of seats of a product.',
  handle: (envelope) => {
    const data = seatThreshold.data.parse(envelope.data);
    const { alerts } = crossed(data);
    const seen = { ...envelope, data };
    return envelope.type === seatThreshold.type
      ? tellOfProduct(seen, { kind: 'REACHED', alerts, say: seatsReached })
      : tellOfProduct(seen, { kind: 'RECOVERED', alerts, say: seatsRecovered });
  },
});
