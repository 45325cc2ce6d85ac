import { subscriber } from '../../lib/kit/context.ts';
import { subscriptionExpired, subscriptionExpiring } from '../../lib/licensing/events.ts';
import { licenceEnds } from '../../lib/notifications/seat-emails.ts';
import { tellOfProduct } from './tell-of-product.ts';

export const onSubscriptionExpiring = subscriber({
  id: 'on-subscription-expiring',
  on: { anyOf: [subscriptionExpiring, subscriptionExpired] },
  impact: 'Nobody is mailed before a licence of a customer ends, nor when it has ended.',
  handle: (envelope) =>
    envelope.type === subscriptionExpired.type
      ? tellOfProduct(
          { ...envelope, data: subscriptionExpired.data.parse(envelope.data) },
          { kind: 'LICENCE_ENDED', say: licenceEnds },
        )
      : tellOfProduct(
          { ...envelope, data: subscriptionExpiring.data.parse(envelope.data) },
          { kind: 'LICENCE_ENDS', say: licenceEnds },
        ),
});
