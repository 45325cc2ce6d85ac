import { beforeAll, describe, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import { allows, type Permission, type Role, roles } from '../../lib/kit/permission.ts';
import type { Route } from '../../lib/kit/route.ts';
import { announcedBy, react } from '../kit/deliver.ts';
import { type Branch, plantReseller } from '../kit/forest.ts';
import { plantCreditSystem } from '../kit/plant.ts';
import { type Answer, addCustomer, type Caller, call, enlist, type Msp, makeMsp } from '../kit/world.ts';
import { type Request, routeOf, type Stage, scenarios } from './scenarios.ts';

/** How somebody at a reseller stands to the node that a request is about. */
interface Relative {
  readonly name: string;
  readonly caller: Caller;
  readonly sees: boolean;
  readonly own: boolean;
}

let stage: Stage;
let self: Branch;
const relatives: Relative[] = [];

beforeAll(async () => {
  const msp: Msp = await makeMsp();
  stage = { msp, customer: await addCustomer(msp) };
  await plantCreditSystem(msp.id);
  const grandparent = await plantReseller(msp);
  const parent = await plantReseller(msp, grandparent.id);
  const uncle = await plantReseller(msp, grandparent.id);
  self = await plantReseller(msp, parent.id);
  const sibling = await plantReseller(msp, parent.id);
  const cousin = await plantReseller(msp, uncle.id);
  const child = await plantReseller(msp, self.id);
  const grandchild = await plantReseller(msp, child.id);
  const former = await plantReseller(msp);
  const moved = await plantReseller(msp, former.id);
  await call(`POST /v1/customers/${moved.id}/move`, { as: msp.catalog, body: { parentId: parent.id } });
  for (const one of await announcedBy(moved.id)) {
    if (one.type === 'customers.move_requested.v1') await react(one);
  }
  const places = { self, parent, grandparent, child, grandchild, sibling, cousin, moved };
  const other = await plantReseller(await makeMsp());
  for (const [name, { id }] of Object.entries({ ...places, 'of another provider': other })) {
    const others = ['CUSTOMER_ADMINISTRATOR', 'CUSTOMER_OPERATOR'] as const;
    for (const role of [...roles.RESELLER, ...(name === 'self' ? roles.CUSTOMER : others)]) {
      const caller = await enlist(id, [role]);
      const sees = ['self', 'parent', 'grandparent'].includes(name);
      relatives.push({ name: `${name} ${role}`, caller, sees, own: name === 'self' });
    }
  }
}, 60_000);

/** The status that the tree and the record demand; undefined: this actor may, so the call is not made. */
function expected(route: Route, { caller, sees, own }: Relative): number | undefined {
  if (!sees) return 404;
  const [role] = caller.roles as Role[];
  const full = role === 'RESELLER_FULL_ADMINISTRATOR' || (role === 'CUSTOMER_ADMINISTRATOR' && own);
  const held: Role[] = full ? ['RESELLER_FULL_ADMINISTRATOR'] : [];
  if (own && role) held.push(role);
  const inForce: Role[] = role === 'CUSTOMER_ADMINISTRATOR' ? [...held, 'RESELLER_FULL_ADMINISTRATOR'] : held;
  const may = route.permission === 'signed-in' || allows(inForce, route.permission as Permission);
  const barred = own && route.target && 'below' in route.target && route.target.below;
  return may && !barred ? undefined : 403;
}

const about = (request: Request, id: string): Request => ({
  ...request,
  line: request.line.replace(/\/customers\/cus_[0-9A-Z]{26}/, `/customers/${id}`),
});
const stripped = ({ status, body }: Answer) => ({ status, body: { ...body, requestId: '' } });

describe('authorization matrix of the tree', () => {
  const routes = contexts.flatMap((context) => context.routes);
  const named = routes.filter(
    ({ target }) =>
      target && 'param' in target && target.param === 'customerId' && target.types.includes('RESELLER'),
  );
  it.each(named.map((route) => [route.id, route] as const))('%s', async (name, route) => {
    const scenario = Object.entries(scenarios).find(([key]) => routeOf(key) === name)?.[1];
    if (!scenario) throw new Error(`${name} has no scenario`);
    const request = about(await scenario(stage), self.id);
    let never: ReturnType<typeof stripped> | undefined;
    for (const relative of relatives) {
      const status = expected(route, relative);
      if (status === undefined) continue;
      const answer = await call(request.line, { ...request, as: relative.caller });
      expect(`${relative.name}: ${answer.status}`).toBe(`${relative.name}: ${status}`);
      if (status !== 404) continue;
      const absent = about(request, `cus_${'7'.repeat(26)}`);
      never ??= stripped(await call(absent.line, { ...absent, as: relative.caller }));
      expect(stripped(answer)).toEqual(never);
    }
  });
});
