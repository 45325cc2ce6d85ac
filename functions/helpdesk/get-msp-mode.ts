import * as z from 'zod';
import { effect, effectsOfEnabling } from '../../lib/helpdesk/effect.ts';
import { mspMode, viewMspMode } from '../../lib/helpdesk/msp-mode.ts';
import { mspModeOf } from '../../lib/helpdesk/store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';

const mspModeWithEffects = z.strictObject({
  ...mspMode.shape,
  effects: z.array(effect).describe('What holds once the mode is enabled'),
});

export const getMspMode = route({
  id: 'getMspMode',
  method: 'GET',
  path: '/v1/msp-mode',
  summary: 'Whether customers can be added, since when, and what the mode changes',
  permission: 'msp_mode.read',
  target: { home: ['PROVIDER'] },
  reply: { status: 200, body: mspModeWithEffects },
  refuses: [],
  load: ({ home }) => mspModeOf(home),
  decide: (_, mode) =>
    answer({ ...viewMspMode(mode), effects: [...effectsOfEnabling] }, { version: mode.version }),
});
