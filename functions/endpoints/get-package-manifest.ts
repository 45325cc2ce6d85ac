import * as z from 'zod';
import { packageWithGround } from '../../lib/endpoints/console-store.ts';
import { defaultGroup } from '../../lib/endpoints/group.ts';
import { describePackage, manifest } from '../../lib/endpoints/package.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const getPackageManifest = route({
  id: 'getPackageManifest',
  method: 'GET',
  path: '/v1/customers/{customerId}/packages/{packageId}/manifest',
  summary: 'What an installer needs of a package besides its token, as a file',
  permission: 'console.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), packageId: id('installationPackage') }),
  reply: { status: 200, body: manifest },
  refuses: [],
  load: ({ target, params, scope }) => packageWithGround(target, params.packageId, scope),
  decide: ({ params }, loaded) => {
    const { found, product, group = defaultGroup } = loaded ?? refuse(notFound);
    const body = describePackage(params.customerId, { found, product, group });
    return answer(body, { version: body.sha256, file: `${found.id}.json` });
  },
});
