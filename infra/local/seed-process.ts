import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { commit } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { platformId } from '../../lib/kit/id.ts';
import { join } from '../../lib/kit/membership.ts';
import type { Role } from '../../lib/kit/permission.ts';
import { platformWrites } from '../../lib/platform/bootstrap.ts';
import { people } from './people.ts';

const bootstrap = new URL('../bootstrap.ts', import.meta.url);

if (existsSync(bootstrap)) {
  const module = (await import(bootstrap.href)) as { bootstrap: (config: object) => Promise<void> };
  await module.bootstrap({
    tableName: process.env.TABLE_NAME,
    region: process.env.AWS_REGION,
    endpoint: process.env.AWS_ENDPOINT_URL_DYNAMODB,
  });
} else {
  await commit(platformWrites(), randomUUID(), Date.now() + 5000);
  for (const [role, email] of Object.entries(people)) {
    const member = {
      nodeId: platformId,
      personId: newId('person', Date.now()),
      name: role,
      email,
      version: 1,
    };
    await commit(
      join({ ...member, roles: [role as Role], createdAt: new Date().toISOString() }),
      randomUUID(),
      Date.now() + 5000,
    );
  }
}
