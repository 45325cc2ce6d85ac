import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { poolView, viewPool } from '../../lib/licensing/pool.ts';
import { poolsOf } from '../../lib/licensing/store.ts';

export const listPools = route({
  id: 'listPools',
  method: 'GET',
  path: '/v1/licence-pool',
  summary: 'Licences of the provider by resource type: bought, allocated, in use, available',
  permission: 'pool.read',
  target: { home: ['PROVIDER'] },
  reply: { status: 200, body: z.strictObject({ items: z.array(poolView) }) },
  refuses: [],
  load: ({ home, consistent }) => poolsOf(home, consistent),
  decide: (_, pools) => answer({ items: pools.map(viewPool) }),
});
