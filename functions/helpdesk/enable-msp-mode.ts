import { toFacts } from '../../lib/helpdesk/eligibility.ts';
import { enableMspOnPremises, switched } from '../../lib/helpdesk/enablement.ts';
import { alreadyEnabled, notEligible, onlyByTicket } from '../../lib/helpdesk/problems.ts';
import { mspModeOf } from '../../lib/helpdesk/store.ts';
import { expectVersion } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';

export const enableMspMode = route({
  id: 'enableMspMode',
  method: 'POST',
  path: '/v1/msp-mode/enable',
  summary: 'Enable MSP mode on premises; a dry run lists every effect',
  permission: 'msp_mode.enable',
  target: { home: ['PROVIDER'] },
  dryRun: true,
  ifMatch: 'heeded',
  reply: { status: 200, body: switched },
  refuses: [onlyByTicket, alreadyEnabled, notEligible],
  load: ({ home }) => mspModeOf(home),
  decide: ({ scope, ifMatch, now }, mode) => {
    expectVersion(ifMatch, mode.version);
    return enableMspOnPremises({ provider: toFacts(scope.home.item), mode }, now);
  },
});
