import * as z from 'zod';
import { route } from '../../lib/kit/route.ts';
import { whole } from '../../lib/kit/text.ts';
import { confirm } from '../../lib/requests/course.ts';
import { wrongState } from '../../lib/requests/problems.ts';
import { comment, loadRequest, moving, own, ownHome, ownPath } from './moving.ts';

export const confirmMyServiceRequest = route({
  ...moving,
  id: 'confirmMyServiceRequest',
  path: '/v1/requests/{requestId}/confirm',
  summary: 'Confirm that your request was fulfilled, and how well: it is closed',
  permission: 'end-user',
  target: ownHome,
  params: ownPath,
  body: z.strictObject({ rating: whole(1, 5).optional(), comment }),
  refuses: [wrongState],
  load: loadRequest,
  decide: (input, filed) => confirm(own(filed, input.scope.actor.id), input.body, input),
});
