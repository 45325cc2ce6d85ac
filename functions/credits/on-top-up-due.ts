import { toNode } from '../../lib/aws/auth.ts';
import { react } from '../../lib/aws/react.ts';
import { topUpDue } from '../../lib/credits/events.ts';
import { topUpStanding } from '../../lib/credits/reaction-store.ts';
import { topUp } from '../../lib/credits/top-up-grant.ts';
import { subscriber } from '../../lib/kit/context.ts';

export const onTopUpDue = subscriber({
  id: 'on-top-up-due',
  on: topUpDue,
  impact: 'Balances that are topped up automatically stay low.',
  handle: (envelope) =>
    react(envelope, async (now) => {
      const { subject: customerId, data, tenant } = envelope;
      const { node, ...standing } = await topUpStanding(customerId, data.entryId, tenant.providerId);
      const target = toNode(node);
      const actor = { id: 'credits', kind: 'system', home: customerId } as const;
      const plan = target && topUp(standing, data, { actor, now });
      return target && plan && { plan, target, actor };
    }),
});
