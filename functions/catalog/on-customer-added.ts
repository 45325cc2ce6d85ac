import { toNode } from '../../lib/aws/auth.ts';
import { get } from '../../lib/aws/db.ts';
import { react } from '../../lib/aws/react.ts';
import { enrolEverybody } from '../../lib/catalog/enrol.ts';
import { settingsOf, workOf } from '../../lib/catalog/work-store.ts';
import { customerAdded } from '../../lib/customers/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { nodeKey } from '../../lib/kit/keys.ts';
import { by } from './by.ts';

export const onCustomerAdded = subscriber({
  id: 'on-customer-added',
  on: customerAdded,
  impact: 'People of a new customer cannot sign in to the catalogue.',
  handle: async (envelope) => {
    if (envelope.data.companyId === null) return;
    const customerId = envelope.subject;
    // The same however often the event comes.
    const operationId = `opr_${envelope.id.slice(-26)}`;
    await react(envelope, async (now) => {
      const target = toNode(await get(nodeKey(customerId), true));
      if (!target || (await workOf(customerId, operationId))) return undefined;
      const settings = await settingsOf(customerId);
      const plan = enrolEverybody(customerId, settings, { operationId, now });
      return { plan, target, actor: by(envelope, 'on-customer-added') };
    });
  },
});
