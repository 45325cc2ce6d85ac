import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';

export const getMe = route({
  id: 'getMe',
  method: 'GET',
  path: '/v1/me',
  summary: 'Who you are, where you belong and which roles you hold',
  permission: 'signed-in',
  reply: {
    status: 200,
    body: z.strictObject({
      personId: z.string(),
      roles: z.array(z.string()),
      node: z.strictObject({ id: z.string(), type: z.string(), name: z.string(), path: z.array(z.string()) }),
    }),
  },
  refuses: [],
  decide: ({ scope }) =>
    answer({
      personId: scope.actor.id,
      roles: [...scope.roles],
      node: {
        id: scope.home.id,
        type: scope.home.type,
        name: scope.home.name,
        path: [...scope.home.path],
      },
    }),
});
