import type { Envelope } from '../../lib/kit/event.ts';
import { productKey } from '../../lib/kit/keys.ts';
import type { Message } from '../../lib/notifications/emails.ts';
import type { NoticeKind } from '../../lib/notifications/notice.ts';
import type { AboutProduct } from '../../lib/notifications/seat-emails.ts';
import type { Audience } from '../../lib/notifications/settings.ts';
import { tellCustomer } from './tell-customer.ts';

/** Tells of a customer's licences of a product, under its name of now. */
export function tellOfProduct<D extends { readonly productId: string }>(
  envelope: Envelope<D>,
  how: {
    readonly kind: NoticeKind;
    readonly to?: Audience;
    readonly alerts?: readonly string[];
    readonly say: (facts: D, about: AboutProduct) => Message;
  },
): Promise<void> {
  const { productId } = envelope.data;
  return tellCustomer(envelope, {
    kind: how.kind,
    to: how.to ?? 'BY_COMMUNICATIONS',
    meter: `SEATS.${productId}`,
    alerts: how.alerts ?? [],
    beside: productKey(envelope.tenant.providerId, productId),
    say: (facts, about, _, product) =>
      how.say(facts, { ...about, productName: String(product?.name ?? productId) }),
  });
}
