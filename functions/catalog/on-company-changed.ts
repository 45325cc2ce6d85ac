import { toNode } from '../../lib/aws/auth.ts';
import { get } from '../../lib/aws/db.ts';
import { react } from '../../lib/aws/react.ts';
import { regroup } from '../../lib/catalog/enrol.ts';
import { marketsOf } from '../../lib/catalog/rules-store.ts';
import { workOf } from '../../lib/catalog/work-store.ts';
import { companyChanged } from '../../lib/directory/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { companyKey, nodeKey } from '../../lib/kit/keys.ts';
import { by } from './by.ts';

export const onCompanyChanged = subscriber({
  id: 'on-company-changed',
  on: companyChanged,
  impact: 'Filters on the company’s name still know its old one.',
  handle: async (envelope) => {
    if (!envelope.data.changed.includes('name')) return;
    // The same however often the event comes.
    const operationId = `opr_${envelope.id.slice(-26)}`;
    await react(envelope, async (now) => {
      const company = await get(companyKey(envelope.tenant.providerId, envelope.subject), true);
      const customerId = String(company?.customerId ?? '-');
      const target = toNode(await get(nodeKey(customerId), true));
      if (!target || (await workOf(customerId, operationId))) return undefined;
      const plan = regroup(customerId, await marketsOf(customerId), { operationId, now });
      return plan && { plan, target, actor: by(envelope, 'on-company-changed') };
    });
  },
});
