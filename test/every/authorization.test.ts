import { beforeAll, describe, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import { newId } from '../../lib/aws/world.ts';
import { platformId } from '../../lib/kit/id.ts';
import { allows, type Permission, type Role, roles } from '../../lib/kit/permission.ts';
import type { Route } from '../../lib/kit/route.ts';
import type { NodeType } from '../../lib/kit/scope.ts';
import { plantCreditSystem, plantCustomer, plantEndUser, plantReseller } from '../kit/plant.ts';
import { several } from '../kit/several.ts';
import { type Answer, addCustomer, type Caller, call, enlist, type Msp, makeMsp } from '../kit/world.ts';
import { type Request, routeOf, type Stage, scenarios } from './scenarios.ts';

/** Who calls, where they belong, and how they stand to the provider whose things the scenarios touch. */
interface Actor {
  readonly name: string;
  readonly caller: Caller;
  readonly home: NodeType;
  readonly relation: 'own' | 'above' | 'other' | 'sibling customer' | 'gone' | 'end user';
}

let stage: Stage;
let strange: Actor[];
const own = new Map<string, Actor[]>();
beforeAll(async () => {
  const msp = await makeMsp();
  stage = { msp, customer: await addCustomer(msp) };
  await plantCreditSystem(msp.id);
  strange = [...(await strangers(await makeMsp())), await removed(stage.msp)];
});

/** Everyone who stands somehow to the provider that a request is about. */
async function actorsAround(request: Request): Promise<Actor[]> {
  const tenant = request.as?.tenant ?? '';
  const providerId = tenant.startsWith('prv_') ? tenant : stage.msp.id;
  const known = own.get(providerId) ?? (await staff({ id: providerId }));
  own.set(providerId, known);
  return [...known, ...strange];
}

async function staff(msp: { readonly id: string }): Promise<Actor[]> {
  const out: Actor[] = [];
  for (const role of roles.PROVIDER) {
    out.push({
      name: `own ${role}`,
      caller: await enlist(msp.id, [role]),
      home: 'PROVIDER',
      relation: 'own',
    });
  }
  for (const role of roles.PLATFORM) {
    out.push({ name: role, caller: await enlist(platformId, [role]), home: 'PLATFORM', relation: 'above' });
  }
  out.push({ name: 'own, no role', caller: await enlist(msp.id, []), home: 'PROVIDER', relation: 'own' });
  const reseller = await plantReseller(msp.id);
  for (const role of roles.RESELLER) {
    const caller = await enlist(reseller.id, [role]);
    out.push({ name: `sibling ${role}`, caller, home: 'RESELLER', relation: 'sibling customer' });
  }
  const { id } = await plantCustomer(msp.id);
  for (const role of roles.CUSTOMER) {
    const caller = await enlist(id, [role]);
    out.push({ name: `sibling ${role}`, caller, home: 'CUSTOMER', relation: 'sibling customer' });
  }
  return out;
}

async function strangers(other: Msp): Promise<Actor[]> {
  const { admin } = await plantCustomer(other.id);
  const staff = [other.system, other.catalog, other.reader];
  return [
    ...staff.map(
      (caller): Actor => ({ name: `other ${caller.roles}`, caller, home: 'PROVIDER', relation: 'other' }),
    ),
    { name: 'other customer', caller: admin, home: 'CUSTOMER', relation: 'other' },
    {
      name: 'end user of another',
      caller: await plantEndUser(other.id, admin.tenant),
      home: 'CUSTOMER',
      relation: 'end user',
    },
  ];
}

async function removed(msp: Msp): Promise<Actor> {
  const caller = await enlist(msp.id, ['SYSTEM_ADMINISTRATOR', 'CATALOG_ADMINISTRATOR']);
  const path = `/v1/providers/${msp.id}/members/${caller.person}`;
  await call(`DELETE ${path}`, { as: msp.system, headers: { 'if-match': '*' } });
  return { name: 'removed', caller, home: 'PROVIDER', relation: 'gone' };
}

/** The status that the record demands; undefined: this actor may, so the call is not made. */
function expected(route: Route, { caller, home, relation }: Actor): number | undefined {
  const named = /\{(?!customerId|providerId)\w+Id\}/.test(route.path);
  // A row and a membership are two things: who has the one only is nobody where the other is asked for.
  if (relation === 'end user' && route.permission === 'signed-in') return undefined;
  if (relation === 'end user') return route.permission === 'end-user' ? (named ? 404 : undefined) : 401;
  if (relation === 'gone' || route.permission === 'end-user') return 401;
  const may =
    route.permission === 'signed-in' || allows(caller.roles as Role[], route.permission as Permission);
  if (route.target && 'param' in route.target) {
    if (relation === 'other' || relation === 'sibling customer') return 404;
    return may ? undefined : 403;
  }
  if (!may || (route.target && 'home' in route.target && !route.target.home.includes(home))) return 403;
  return relation === 'other' && named ? 404 : undefined;
}

/** The same request for something that never existed. */
function nowhere(request: Request): Request {
  const line = request.line.replace(/\b([a-z]{3})_[0-9A-Z]{26}/g, (_, prefix) => {
    return newId('event', Date.now()).replace('evt', prefix);
  });
  return { ...request, line };
}

const stripped = ({ status, body }: Answer) => ({ status, body: { ...body, requestId: '' } });

const routes = new Map(
  contexts.flatMap((context) => context.routes.map((route) => [route.id, route] as const)),
);

describe('authorization matrix', () => {
  for (const [name, scenario] of Object.entries(scenarios)) {
    const route = routes.get(routeOf(name));
    if (!route || name !== route.id || route.permission === 'public') continue;
    it(name, async () => {
      const request = await scenario(stage);
      await several(await actorsAround(request), async (actor) => {
        const status = expected(route, actor);
        if (status === undefined) return;
        const answer = await call(request.line, { ...request, as: actor.caller });
        expect(`${actor.name}: ${answer.status}`).toBe(`${actor.name}: ${status}`);
        if (status !== 404) return;
        const absent = nowhere(request);
        expect(stripped(answer)).toEqual(stripped(await call(absent.line, { ...absent, as: actor.caller })));
      });
    });
  }
});
