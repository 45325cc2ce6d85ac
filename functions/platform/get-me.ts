import * as z from 'zod';
import { permissionsOf } from '../../lib/kit/permission.ts';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';

export const getMe = route({
  id: 'getMe',
  method: 'GET',
  path: '/v1/me',
  summary: 'Who you are, where you belong and what you may do',
  description:
    'For members and for end users, who hold no role: they look at the catalogue (`GET /v1/catalogue`) and order (`POST /v1/requests`).',
  permission: 'signed-in',
  reply: {
    status: 200,
    body: z.strictObject({
      personId: z.string(),
      roles: z.array(z.string()),
      permissions: z.array(z.string()).describe('What the roles allow at your node'),
      endUser: z.boolean().describe('May look at the catalogue of the node, order, and follow own requests'),
      node: z.strictObject({ id: z.string(), type: z.string(), name: z.string(), path: z.array(z.string()) }),
    }),
  },
  refuses: [],
  decide: ({ scope }) =>
    answer({
      personId: scope.actor.id,
      roles: [...scope.roles],
      permissions: [...permissionsOf(scope.roles)].toSorted(),
      endUser: scope.caller !== undefined,
      node: {
        id: scope.home.id,
        type: scope.home.type,
        name: scope.home.name,
        path: [...scope.home.path],
      },
    }),
});
