import { subscriber } from '../../lib/kit/context.ts';
import { seatsOverDeployed } from '../../lib/licensing/events.ts';
import { overDeployed } from '../../lib/notifications/seat-emails.ts';
import { tellOfProduct } from './tell-of-product.ts';

/** Overage of the partner's own licence is the partner's affair alone. */
export const onSeatsOverDeployed = subscriber({
  id: 'on-seats-over-deployed',
  on: seatsOverDeployed,
  impact: 'Nobody is mailed that machines of a customer run without a licence, or beyond an MSP licence.',
  handle: (envelope) =>
    tellOfProduct(envelope, {
      kind: envelope.data.since === null ? 'WITHIN_LIMIT' : 'OVER_LIMIT',
      to: envelope.data.metered ? 'LICENCE_RECIPIENTS' : 'BY_COMMUNICATIONS',
      say: overDeployed,
    }),
});
