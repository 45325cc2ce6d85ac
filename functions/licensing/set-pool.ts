import * as z from 'zod';
import { route } from '../../lib/kit/route.ts';
import { newLicensed, poolView, setLicensed } from '../../lib/licensing/pool.ts';
import { poolCommitted } from '../../lib/licensing/problems.ts';
import { resourceType } from '../../lib/licensing/resource.ts';
import { poolOf } from '../../lib/licensing/store.ts';

export const setPool = route({
  id: 'setPool',
  method: 'PUT',
  path: '/v1/licence-pool/{resourceType}',
  summary: 'Set how many licences of a resource type the provider has',
  description: 'Before the first setting the ETag is `"0"`. Never below what is allocated or in use.',
  permission: 'pool.manage',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ resourceType }),
  body: newLicensed,
  dryRun: true,
  ifMatch: true,
  reply: { status: 200, body: poolView },
  refuses: [poolCommitted],
  load: ({ home, params }) => poolOf(home, params.resourceType),
  decide: ({ body, ifMatch }, pool) => setLicensed(pool, body, ifMatch),
});
