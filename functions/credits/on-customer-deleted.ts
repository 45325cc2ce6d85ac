import { react } from '../../lib/aws/react.ts';
import { writeOff } from '../../lib/credits/ledger.ts';
import { headOf } from '../../lib/credits/store.ts';
import { customerDeleted } from '../../lib/customers/events.ts';
import { subscriber } from '../../lib/kit/context.ts';

/** Takes a deleted customer's credits to zero, once: a ledger at zero is left alone. */
export const onCustomerDeleted = subscriber({
  id: 'on-customer-deleted',
  on: customerDeleted,
  impact: 'The ledger of a deleted customer still shows credits that nobody can use.',
  handle: (envelope) =>
    react(envelope, async (now) => {
      const { subject, tenant, actor } = envelope;
      const by = {
        id: 'on-customer-deleted',
        kind: 'system' as const,
        home: tenant.providerId,
        onBehalfOf: actor.id,
      };
      const plan = writeOff(await headOf(subject, true), { actor: by, now });
      const target = {
        id: subject,
        type: 'CUSTOMER' as const,
        path: tenant.path,
        name: '',
        version: 0,
        item: {},
      };
      return plan && { plan, target, actor: by };
    }),
});
