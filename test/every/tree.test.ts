import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import { commit } from '../../lib/aws/db.ts';
import { memberKey } from '../../lib/kit/keys.ts';
import { allows, type Permission, type Role, roles } from '../../lib/kit/permission.ts';
import type { Write } from '../../lib/kit/plan.ts';
import type { Route } from '../../lib/kit/route.ts';
import { announcedBy, react } from '../kit/deliver.ts';
import { type Branch, plantReseller, quick } from '../kit/forest.ts';
import { plantCreditSystem } from '../kit/plant.ts';
import { several } from '../kit/several.ts';
import { type Answer, addCustomer, type Caller, call, enlist, type Msp, makeMsp } from '../kit/world.ts';
import { type Request, routeOf, type Stage, scenarios } from './scenarios.ts';

/** How somebody stands to the node that a request is about. */
interface Relative {
  readonly name: string;
  readonly caller: Caller;
  readonly relation: 'sees' | 'own' | 'stranger' | 'removed';
}

/** A node that requests are about, and everybody around it. */
interface Family {
  readonly self: Branch;
  readonly relatives: Relative[];
}

let stage: Stage;
let settled: Family;
let halfMoved: Family;

async function of(
  nodes: Readonly<Record<string, Branch>>,
  relation: Relative['relation'],
  roleList: readonly Role[],
) {
  const out: Relative[] = [];
  for (const [name, { id }] of Object.entries(nodes)) {
    for (const role of roleList) {
      out.push({ name: `${name} ${role}`, caller: await enlist(id, [role]), relation });
    }
  }
  return out;
}

async function removedFrom(name: string, { id }: Branch): Promise<Relative> {
  const caller = await enlist(id, ['RESELLER_FULL_ADMINISTRATOR']);
  const writes: Write[] = [{ do: 'remove', key: memberKey(id, caller.person) }];
  await commit(writes, randomUUID(), Date.now() + 5000);
  return { name: `removed from ${name}`, caller, relation: 'removed' };
}

const staffOf = ({ id }: Msp): Branch => ({ id, admin: stage.msp.system });
const administrators = ['RESELLER_FULL_ADMINISTRATOR', 'CUSTOMER_ADMINISTRATOR'] as const;
const some = [...administrators, 'CUSTOMER_OPERATOR'] as const;
const move = (id: string, parentId: string) =>
  call(`POST /v1/customers/${id}/move`, { as: stage.msp.catalog, body: { parentId } });

beforeAll(async () => {
  const msp: Msp = await makeMsp();
  stage = { msp, customer: await addCustomer(msp) };
  await plantCreditSystem(msp.id);
  const grandparent = await plantReseller(msp);
  const parent = await plantReseller(msp, grandparent.id);
  const uncle = await plantReseller(msp, grandparent.id);
  const self = await plantReseller(msp, parent.id);
  const sibling = await plantReseller(msp, parent.id);
  const cousin = await plantReseller(msp, uncle.id);
  const child = await plantReseller(msp, self.id);
  const grandchild = await plantReseller(msp, child.id);
  const former = await plantReseller(msp);
  const moved = await plantReseller(msp, former.id);
  await move(moved.id, parent.id);
  for (const one of await announcedBy(moved.id)) {
    if (one.type === 'customers.move_requested.v1') await react(one);
  }
  const otherMsp = await makeMsp();
  const other = { 'of another provider': await plantReseller(otherMsp) };
  const providers = await of({ provider: staffOf(msp) }, 'sees', roles.PROVIDER);
  const strangers = await of({ 'another provider': staffOf(otherMsp) }, 'stranger', roles.PROVIDER);
  settled = {
    self,
    relatives: [
      ...(await of({ self }, 'own', [...roles.RESELLER, ...roles.CUSTOMER])),
      ...(await of({ parent, grandparent }, 'sees', some)),
      ...(await of({ child, grandchild, sibling, cousin, moved, former, ...other }, 'stranger', some)),
      ...providers,
      ...strangers,
      await removedFrom('self', self),
      await removedFrom('parent', parent),
    ],
  };
  // Its stored path still leads through the old parent when the requests come: nobody lets it follow.
  const carried = await plantReseller(msp, former.id);
  const half = await plantReseller(msp, carried.id);
  const below = await plantReseller(msp, half.id);
  if ((await move(carried.id, parent.id)).status !== 202) throw new Error('The subtree did not move');
  halfMoved = {
    self: half,
    relatives: [
      ...(await of({ half }, 'own', administrators)),
      ...(await of({ carried, parent, grandparent }, 'sees', administrators)),
      ...(await of({ former, below, sibling, uncle, self, ...other }, 'stranger', administrators)),
      ...providers,
      ...strangers,
      await removedFrom('the new parent', parent),
    ],
  };
}, 60_000);

/** The status that the tree and the record demand; undefined: this actor may, so the call is not made. */
function expected(route: Route, { caller, relation }: Relative): number | undefined {
  if (relation === 'removed') return 401;
  if (relation === 'stranger') return 404;
  const own = relation === 'own';
  const [role] = caller.roles as Role[];
  const inForce: Role[] = [];
  const ofProvider = (roles.PROVIDER as readonly string[]).includes(role ?? '');
  if (role && (own || ofProvider)) inForce.push(role);
  if ((administrators as readonly string[]).includes(role ?? '')) inForce.push('RESELLER_FULL_ADMINISTRATOR');
  const may = route.permission === 'signed-in' || allows(inForce, route.permission as Permission);
  const barred = own && route.target && 'below' in route.target && route.target.below;
  return may && !barred ? undefined : 403;
}

const about = (request: Request, id: string): Request => ({
  ...request,
  line: request.line.replace(/\/customers\/cus_[0-9A-Z]{26}/, `/customers/${id}`),
});
const stripped = ({ status, body }: Answer) => ({ status, body: { ...body, requestId: '' } });

const routes = contexts.flatMap((context) => context.routes);
const named = routes.filter(
  ({ target }) =>
    target && 'param' in target && target.param === 'customerId' && target.types.includes('RESELLER'),
);
let asked = 0;

describe('authorization matrix of the tree', () => {
  it('is about every route whose path names a customer of the tree', () => {
    const others = routes.filter(({ path }) => path.includes('{customerId}') && !path.includes('/archived-'));
    expect(others.map(({ id }) => id)).toEqual(named.map(({ id }) => id));
  });

  it.each(named.map((route) => [route.id, route] as const))('%s', async (name, route) => {
    const scenario = Object.entries(scenarios).find(([key]) => routeOf(key) === name)?.[1];
    if (!scenario) throw new Error(`${name} has no scenario`);
    const typical = await scenario(stage);
    const absent = about(typical, `cus_${'7'.repeat(26)}`);
    for (const { self, relatives } of [settled, halfMoved]) {
      const request = about(typical, self.id);
      let never: Promise<ReturnType<typeof stripped>> | undefined;
      await several(relatives, async (relative) => {
        const status = expected(route, relative);
        if (status === undefined && route.method !== 'GET') return;
        const answer = await call(request.line, { ...request, as: relative.caller });
        asked++;
        const told = `${relative.name}: ${answer.status}`;
        // Who may read is answered, or told that the customer has no such thing.
        if (status === undefined)
          expect([200, ...(hasMore(route) ? [404] : [])], told).toContain(answer.status);
        else expect(told).toBe(`${relative.name}: ${status}`);
        if (status !== 404) return;
        never ??= call(absent.line, { ...absent, as: relative.caller }).then(stripped);
        expect(stripped(answer)).toEqual(await never);
      });
    }
  });

  it('holds for what names a customer elsewhere than in its path', async () => {
    const never = `cus_${'7'.repeat(26)}`;
    const ways: readonly ((id: string) => Request)[] = [
      (id) => ({ line: `GET /v1/audit-events?customerId=${id}` }),
      (id) => ({ line: `GET /v1/customers?parentId=${id}` }),
      (id) => ({ line: 'POST /v1/customers', body: quick({ parentId: id }) }),
    ];
    for (const { self, relatives } of [settled, halfMoved]) {
      const strangers = relatives.filter(
        ({ relation, caller }) =>
          relation === 'stranger' && caller.roles[0] === 'RESELLER_FULL_ADMINISTRATOR',
      );
      for (const way of ways) {
        await several(strangers, async ({ name, caller }) => {
          const [answer, absent] = [
            await call(way(self.id).line, { ...way(self.id), as: caller }),
            await call(way(never).line, { ...way(never), as: caller }),
          ];
          expect(`${name}: ${answer.status}`).toBe(`${name}: 404`);
          expect(stripped(answer)).toEqual(stripped(absent));
        });
      }
    }
  });

  afterAll(() => {
    process.stdout.write(`      ${named.length} routes, ${asked} requests, 0 deviations where this passes\n`);
  });
});

/** True where the path names something of the customer besides the customer. */
const hasMore = ({ path }: Route) => /\{(?!customerId)\w+\}/.test(path);
