import { disableMsp, switched } from '../../lib/helpdesk/enablement.ts';
import { customersExist, notEnabled } from '../../lib/helpdesk/problems.ts';
import { mspModeOf } from '../../lib/helpdesk/store.ts';
import { expectVersion } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';

export const disableMspMode = route({
  id: 'disableMspMode',
  method: 'POST',
  path: '/v1/msp-mode/disable',
  summary: 'Switch MSP mode off while no customer exists; a dry run lists every effect',
  permission: 'msp_mode.disable',
  target: { home: ['PROVIDER'] },
  dryRun: true,
  ifMatch: 'heeded',
  reply: { status: 200, body: switched },
  refuses: [notEnabled, customersExist],
  load: ({ home }) => mspModeOf(home),
  decide: ({ ifMatch, now }, mode) => {
    expectVersion(ifMatch, mode.version);
    return disableMsp(mode, now);
  },
});
