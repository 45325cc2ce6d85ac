import * as z from 'zod';
import { envOr } from '../../lib/aws/env.ts';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { objectView, viewObject } from '../../lib/provisioning/object.ts';
import { objectPage } from '../../lib/provisioning/store.ts';

export const listDirectoryObjects = route({
  id: 'listDirectoryObjects',
  method: 'GET',
  path: '/v1/customers/{customerId}/directory-objects',
  summary: 'Containers, groups, users and memberships that the engine has made for a customer',
  description:
    'What the engine believes to exist. Without a configured directory these records are all there is, and `directory` says `TABLE`. A page may be short where objects were removed.',
  permission: 'provisioning.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  page: true,
  reply: { status: 200, body: pageOf(objectView) },
  refuses: [],
  load: async ({ target, query, position, scope }) => {
    const { path } = (await scope()).target;
    const found = await objectPage(target, { limit: query.limit, path: path.slice(1) }, position);
    return { ...found, baseDn: envOr('DIRECTORY_BASE_DN', '') };
  },
  decide: ({ seal, now }, { beliefs, next, chain, baseDn }) =>
    answer({
      items: beliefs.filter(({ gone }) => !gone).map((one) => viewObject(one, { chain, baseDn, now })),
      nextCursor: next && seal(next),
    }),
});
