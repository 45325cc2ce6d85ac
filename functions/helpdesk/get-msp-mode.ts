import { mspMode, viewMspMode } from '../../lib/helpdesk/msp-mode.ts';
import { mspModeOf } from '../../lib/helpdesk/store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';

export const getMspMode = route({
  id: 'getMspMode',
  method: 'GET',
  path: '/v1/msp-mode',
  summary: 'Whether customers can be added, since when, and what the mode changes',
  permission: 'msp_mode.read',
  target: { home: ['PROVIDER'] },
  reply: { status: 200, body: mspMode },
  refuses: [],
  load: ({ home }) => mspModeOf(home),
  decide: (_, mode) => answer(viewMspMode(mode), { version: mode.version }),
});
