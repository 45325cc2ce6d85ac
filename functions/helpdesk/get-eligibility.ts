import { eligibility, toFacts, walk } from '../../lib/helpdesk/eligibility.ts';
import { mspModeOf } from '../../lib/helpdesk/store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';

export const getEligibility = route({
  id: 'getEligibility',
  method: 'GET',
  path: '/v1/msp-mode/eligibility',
  summary: 'The five questions that decide on MSP mode, each with its answer and source',
  permission: 'msp_mode.read',
  target: { home: ['PROVIDER'] },
  reply: { status: 200, body: eligibility },
  refuses: [],
  load: ({ home }) => mspModeOf(home),
  decide: ({ scope }, mode) => answer(walk(toFacts(scope.home.item), mode)),
});
