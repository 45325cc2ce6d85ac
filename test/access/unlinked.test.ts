import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import { newId } from '../../lib/aws/world.ts';
import { platformId } from '../../lib/kit/id.ts';
import { allows, type Permission, type Role } from '../../lib/kit/permission.ts';
import { type Request, routeOf, type Stage, scenarios } from '../every/scenarios.ts';
import { deliver } from '../kit/deliver.ts';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { plantCreditSystem, plantEndUser } from '../kit/plant.ts';
import { addCustomer, type Caller, call, enlist, type Msp, makeMsp } from '../kit/world.ts';

interface Alone {
  readonly id: string;
  readonly admin: Caller;
  /** With the token of before. */
  readonly endUser: Caller;
}

let stage: Stage;
/** A customer that its partner has removed, with everything that the scenarios have made of it. */
let left: Alone;
/** One that never had a partner. */
let alone: Alone;
let msp: Msp;
let mailbox: Mailbox;
afterAll(() => mailbox.close());

beforeAll(async () => {
  mailbox = await openMailbox();
  msp = await makeMsp();
  stage = { msp, customer: await addCustomer(msp) };
  await plantCreditSystem(msp.id);
  const customer = await addCustomer(msp);
  await deliver(customer.id);
  left = { ...customer, endUser: await plantEndUser(msp.id, customer.id) };
  const planned = await call(`POST /v1/customers/${left.id}/removal-plans`, {
    as: msp.catalog,
    body: { licences: 'return-to-pool' },
  });
  const done = await call(`POST /v1/removal-plans/${planned.body.id}/execution`, { as: msp.catalog });
  expect(done.status).toBe(200);
  await deliver(left.id, msp.id);
  const email = `ada.${randomUUID()}@alone.example.com`;
  const opened = await call('POST /v1/accounts', {
    as: msp.operator,
    body: {
      name: `Alone ${randomUUID().slice(0, 8)}`,
      email: 'office@alone.example.com',
      domains: [{ name: `${randomUUID()}.example.com`, primary: true }],
      administrator: { name: 'Ada', email },
    },
  });
  expect(opened).toMatchObject({ status: 201, body: { parentId: platformId, code: null, reseller: false } });
  const { id } = opened.body;
  alone = {
    id,
    admin: await enlist(id, ['CUSTOMER_ADMINISTRATOR']),
    endUser: await plantEndUser(id, id),
  };
});

const routes = new Map(
  contexts.flatMap((context) => context.routes.map((route) => [route.id, route] as const)),
);

/** The same request at another customer. */
function at(id: string, request: Request): Request {
  const line = request.line.replace(/\/customers\/cus_[0-9A-Z]{26}/, `/customers/${id}`);
  return { ...request, line };
}

describe('every route', () => {
  for (const [name, scenario] of Object.entries(scenarios)) {
    const route = routes.get(routeOf(name));
    if (!route || name !== route.id || route.permission === 'public') continue;
    it(`${name}: no 5xx for who stands alone, 404 for the former partner`, async () => {
      const request = await scenario(stage);
      const held = ['CUSTOMER_ADMINISTRATOR'] as Role[];
      const ordering = route.permission === 'end-user';
      const may =
        ordering || route.permission === 'signed-in' || allows(held, route.permission as Permission);
      // A reply of 5xx, outside the schema or of an undeclared refusal fails in `call` itself.
      if (may)
        for (const one of [left, alone]) {
          const answer = await call(at(one.id, request).line, {
            ...request,
            as: ordering ? one.endUser : one.admin,
          });
          expect([200, 201, 202, 204, 400, 403, 404, 409, 412, 422]).toContain(answer.status);
        }
      const named = route.target && 'param' in route.target && route.target.param === 'customerId';
      if (!named) return;
      const staff = [msp.system, msp.catalog, msp.reader].filter(
        ({ roles }) =>
          !ordering &&
          route.permission !== 'signed-in' &&
          allows(roles as Role[], route.permission as Permission),
      );
      for (const as of staff) {
        const [there, nowhere] = [left.id, newId('customer', Date.now())].map((id) => at(id, request));
        const answer = await call(there?.line ?? '', { ...request, as });
        const absent = await call(nowhere?.line ?? '', { ...request, as });
        expect(answer.status).toBe(404);
        expect({ ...answer.body, requestId: '' }).toEqual({ ...absent.body, requestId: '' });
      }
    });
  }
});

describe('who stands alone', () => {
  it('is listed by name to the operator of the platform alone', async () => {
    const { body } = await call('GET /v1/accounts?limit=100&q=Alone', { as: msp.operator });
    expect(body.items.map(({ id }: { id: string }) => id)).toContain(alone.id);
    expect((await call('GET /v1/accounts', { as: msp.system })).status).toBe(403);
  });

  it('has an address that signs in nowhere else', async () => {
    const administrator = { name: 'Ada', email: alone.admin.email };
    const body = { name: 'Another', email: 'a@another.example.com', administrator };
    const { status, body: said } = await call('POST /v1/accounts', { as: msp.operator, body });
    expect([status, said.code]).toEqual([409, 'members.address_in_use']);
  });

  it('goes on with tokens that name the former provider, and reads nothing of it', async () => {
    const before = { ...left.admin, provider: msp.id };
    expect((await call('GET /v1/me', { as: before })).body.node.path).toEqual([platformId, left.id]);
    const other = { ...left.admin, provider: newId('provider', Date.now()) };
    expect((await call('GET /v1/me', { as: other })).status).toBe(200);
    const linked = { ...stage.customer.admin, provider: newId('provider', Date.now()) };
    expect((await call('GET /v1/me', { as: linked })).status).toBe(401);
  });

  it('adds users of its own, each under a name of its own', async () => {
    const { body } = await call(`GET /v1/customers/${alone.id}`, { as: alone.admin });
    const user = { firstName: 'Bo', lastName: 'Lee', upn: `bo@${body.domains[0].name}` };
    const path = `POST /v1/customers/${alone.id}/users`;
    expect((await call(path, { as: alone.admin, body: user })).status).toBe(201);
    const again = await call(path, { as: alone.admin, body: { ...user, userName: 'bo2' } });
    expect(again.body.code).toBe('users.upn_taken');
  });

  it('has items wait, for there is no pool', async () => {
    const path = `POST /v1/customers/${alone.id}/items`;
    const items = [{ type: 'DEVICE', name: 'Router' }];
    const { status, body } = await call(path, { as: alone.admin, body: { items } });
    expect([status, JSON.stringify(body).includes('UNMANAGED')]).toEqual([201, true]);
  });
});
