import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { poolView, viewPool } from '../../lib/licensing/pool.ts';
import { resourceType } from '../../lib/licensing/resource.ts';
import { poolOf } from '../../lib/licensing/store.ts';

export const getPool = route({
  id: 'getPool',
  method: 'GET',
  path: '/v1/licence-pool/{resourceType}',
  summary: 'Licences of the provider of one resource type',
  permission: 'pool.read',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ resourceType }),
  reply: { status: 200, body: poolView },
  refuses: [],
  load: ({ home, params }) => poolOf(home, params.resourceType),
  decide: (_, pool) => answer(viewPool(pool), { version: pool.version }),
});
