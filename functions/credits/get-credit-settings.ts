import { customerPath, customerTarget, settings } from '../../lib/credits/commands.ts';
import { settingsOf } from '../../lib/credits/ledger.ts';
import { headOf } from '../../lib/credits/store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';

export const getCreditSettings = route({
  id: 'getCreditSettings',
  method: 'GET',
  path: '/v1/customers/{customerId}/credits/settings',
  summary: 'Alerts, overdraft rule and automatic top-up of a customer',
  permission: 'credits.read',
  target: customerTarget,
  params: customerPath,
  reply: { status: 200, body: settings },
  refuses: [],
  load: ({ target }) => headOf(target, true),
  decide: (_, ledger) => answer(settingsOf(ledger), { version: ledger.head?.settingsSeq ?? 0 }),
});
