import { changedSettings, customerPath, customerTarget, settings } from '../../lib/credits/commands.ts';
import { given } from '../../lib/credits/entry.ts';
import { configure, settingsOf } from '../../lib/credits/ledger.ts';
import { creditsOff } from '../../lib/credits/problems.ts';
import type { Settings } from '../../lib/credits/settings.ts';
import { besideSystem, headOf, providerSystem } from '../../lib/credits/store.ts';
import { requireSystem } from '../../lib/credits/system.ts';
import { answer, expectVersion } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';

export const changeCreditSettings = route({
  id: 'changeCreditSettings',
  method: 'PATCH',
  path: '/v1/customers/{customerId}/credits/settings',
  summary: 'Change alerts, the overdraft rule or the automatic top-up',
  description: 'Written as an entry of the ledger. A limit that the balance is already below notifies once.',
  permission: 'credits.settings',
  target: customerTarget,
  params: customerPath,
  body: changedSettings,
  ifMatch: true,
  dryRun: true,
  reply: { status: 200, body: settings },
  refuses: [creditsOff],
  alongside: besideSystem,
  load: async (input) => {
    const [ledger, system] = await Promise.all([
      headOf(input.target, input.consistent),
      providerSystem(input),
    ]);
    return { ledger, system };
  },
  decide: ({ scope, body, ifMatch, now }, { ledger, system }) => {
    requireSystem(system);
    expectVersion(ifMatch, ledger.head?.settingsSeq ?? 0);
    const current = settingsOf(ledger);
    const next = { ...current, ...given(body) } as Settings;
    const same = JSON.stringify(next) === JSON.stringify(current);
    if (same) return answer(next, { version: ledger.head?.settingsSeq ?? 0 });
    const plan = configure(ledger, next, { actor: scope.actor, now });
    return { ...plan, reply: { ...plan.reply, body: next } };
  },
});
