import { randomUUID } from 'node:crypto';
import { commit, get, LostRace } from '../lib/aws/db.ts';
import { settle } from '../lib/aws/settle.ts';
import { newId, now } from '../lib/aws/world.ts';
import { platformId } from '../lib/kit/id.ts';
import { identityKey } from '../lib/kit/keys.ts';
import { addressInUse, emailHash, join } from '../lib/kit/membership.ts';
import type { Role } from '../lib/kit/permission.ts';
import type { Plan, Write } from '../lib/kit/plan.ts';
import { Problem } from '../lib/kit/problem.ts';
import type { Node } from '../lib/kit/scope.ts';
import { platformWrites } from '../lib/platform/bootstrap.ts';
import { addProvider } from '../lib/platform/provider.ts';

/** A person who signs in by a verified address, with roles at the platform. */
export interface Person {
  readonly name: string;
  readonly email: string;
  readonly roles: readonly Role[];
}

/** What a new installation starts with. */
export interface Bootstrap {
  /** Platform operators and help-desk handlers. */
  readonly people: readonly Person[];
  /** A provider to try things with; its staff sign in with these addresses. */
  readonly sample?: { readonly name: string; readonly staff: readonly Person[] };
}

/** Addresses that the local stack knows, one for each role. */
export const localPeople: Bootstrap = {
  people: [
    { name: 'Platform Operator', email: 'operator@platform.example', roles: ['PLATFORM_OPERATOR'] },
    { name: 'Help Desk Handler', email: 'handler@platform.example', roles: ['HELP_DESK_HANDLER'] },
  ],
  sample: {
    name: 'Example MSP',
    staff: [
      {
        name: 'System Administrator',
        email: 'system@msp.example',
        roles: ['SYSTEM_ADMINISTRATOR', 'CATALOG_ADMINISTRATOR'],
      },
      { name: 'Catalog Administrator', email: 'catalog@msp.example', roles: ['CATALOG_ADMINISTRATOR'] },
      { name: 'MSP Operator', email: 'reader@msp.example', roles: ['MSP_OPERATOR'] },
    ],
  },
};

const actor = { id: 'bootstrap', kind: 'system', home: platformId } as const;

/** Writes the root of the tree and its first people into the table named by TABLE_NAME. Repeating it changes nothing. */
export async function bootstrap(start: Bootstrap): Promise<void> {
  await once(platformWrites());
  for (const person of start.people) await enlist(platformId, person);
  if (start.sample) await found(start.sample);
}

async function found({ name, staff }: NonNullable<Bootstrap['sample']>): Promise<void> {
  const [first, ...others] = staff;
  if (!first || (await get(identityKey(platformId, emailHash(first.email)), true))) return;
  const at = now();
  const id = newId('provider', Date.parse(at));
  const plan = addProvider(
    {
      name,
      domains: [],
      hosting: 'SAAS',
      installation: 'FRESH',
      servesSeveralCompanies: true,
      administrator: { name: first.name, email: first.email },
    },
    { id, personId: newId('person', Date.parse(at)), now: at },
  );
  const target: Node = { id, type: 'PROVIDER', path: [platformId, id], name, version: 1, item: {} };
  await once(settle(plan, { actor, target, now: at, requestId: randomUUID() }));
  for (const person of others) await enlist(id, person);
}

async function enlist(nodeId: string, person: Person): Promise<void> {
  const at = now();
  const personId = newId('person', Date.parse(at));
  const path = nodeId === platformId ? [platformId] : [platformId, nodeId];
  const target: Node = { id: nodeId, type: 'PLATFORM', path, name: '', version: 1, item: {} };
  const plan: Plan = {
    writes: join({ nodeId, personId, ...person, version: 1, createdAt: at }),
    receipt: { action: 'members.add', subject: personId, after: { roles: person.roles } },
    reply: {},
  };
  await once(settle(plan, { actor, target, now: at, requestId: randomUUID() }));
}

async function once(writes: readonly Write[]): Promise<void> {
  try {
    await commit(writes, randomUUID(), Date.now() + 10_000);
  } catch (error) {
    const there =
      error instanceof LostRace || (error instanceof Problem && error.type.code === addressInUse.code);
    if (!there) throw error;
  }
}
