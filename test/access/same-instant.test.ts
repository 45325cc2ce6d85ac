import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violations } from '../../infra/fsck/examine.ts';
import { get } from '../../lib/aws/db.ts';
import { everything } from '../../lib/aws/scan.ts';
import { upnKey } from '../../lib/kit/upn.ts';
import { listenForFaults, meanwhile } from '../kit/faults.ts';
import { any, plantDirectly, plantReseller } from '../kit/forest.ts';
import type { Mailbox } from '../kit/mailbox.ts';
import { ownTable } from '../kit/own-table.ts';
import { type Answer, type Caller, call, enlist, type Msp } from '../kit/world.ts';
import { shelf, stockProduct } from '../licensing/shelf.ts';
import { offer, openCatalogue, order, own, plantEndUser } from '../requests/desk.ts';
import { add as addUser, change, part, remove } from '../users/people.ts';
import { deskOf, newDesk } from './desk.ts';
import { asked, reply } from './import-scene.ts';
import { suppliedMsp } from './quarters.ts';

listenForFaults();
const write = 'TransactWriteItems';

/** Put below the API, without what keeps its names. */
const planted = new Set<string>();
let msp: Msp;
let mailbox: Mailbox;
ownTable();
afterAll(() => mailbox.close());
beforeAll(async () => {
  ({ msp, mailbox } = await suppliedMsp());
});

interface Place {
  readonly id: string;
  readonly admin: Caller;
  readonly domain: string;
}

async function customer(): Promise<Place> {
  const { id, domains } = await plantDirectly(msp.catalog);
  return { id, domain: domains[0].name, admin: await enlist(id, ['CUSTOMER_ADMINISTRATOR']) };
}

/** The customer leaves its partner right before what somebody else decided is written. */
async function leavesBefore(one: Place, act: () => Promise<Answer>): Promise<Answer> {
  const planned = await call(`POST /v1/customers/${one.id}/removal-plans`, {
    as: msp.catalog,
    body: { licences: 'return-to-pool' },
  });
  let left: Answer | undefined;
  meanwhile(write, async () => {
    left = await call(`POST /v1/removal-plans/${planned.body.id}/execution`, {
      as: msp.catalog,
      key: randomUUID(),
    });
  });
  const answer = await act();
  expect(left, JSON.stringify(left?.body)).toMatchObject({ status: 200 });
  return answer;
}

const isOpen = ({ state }: { readonly state: string }) => state !== 'CANCELLED';

describe('a session', () => {
  it('makes no change after the customer came to manage itself', async () => {
    const desk = await newDesk(msp);
    planted.add(desk.id);
    const { token } = (await desk.open()).body;
    meanwhile(write, () => desk.manages('CUSTOMER'));
    expect((await desk.changes(token)).status).toBe(401);
  });

  it('is over below a reseller that is disabled', async () => {
    const reseller = await plantReseller(msp);
    const { id } = await plantDirectly(msp.catalog, { parentId: reseller.id });
    const desk = deskOf(msp, { id, admin: await enlist(id, ['CUSTOMER_ADMINISTRATOR']) });
    expect((await desk.gives()).status).toBe(200);
    const { token } = (await desk.open()).body;
    expect((await desk.reads(token)).status).toBe(200);
    const disabled = await call(`POST /v1/customers/${reseller.id}/disable`, {
      as: msp.catalog,
      headers: any,
    });
    expect(disabled.status).toBeLessThan(300);
    expect((await desk.reads(token)).status).toBe(401);
  });
});

describe('what a former partner had decided', () => {
  type Act = (one: Place) => Promise<Answer>;
  const user = (one: Place) => addUser({ ...one, path: [] }, msp.catalog);
  const acts: Readonly<Record<string, (one: Place) => Promise<Act>>> = {
    'the first user': async () => user,
    'a further user': async (one) => {
      await user(one);
      return user;
    },
    'another name of a user': async (one) => {
      const added = await user(one);
      return () => change(added, msp.catalog, { upn: `${part()}@${one.domain}` });
    },
    'the end of a user': async (one) => {
      await user(one);
      const second = await user(one);
      return () => remove(second, msp.catalog);
    },
    'a licence': async () => {
      const product = await stockProduct(msp, { mspLicence: true });
      return ({ id }) => shelf(msp, id, product).give({ source: 'MSP', seats: 3 });
    },
    'an allocation': async () => (at) => allocate(at),
    'a further allocation': async (one) => {
      await allocate(one);
      return (at) => allocate(at, 7);
    },
    'an item': async () => item,
    'a further item': async (one) => {
      await item(one);
      return item;
    },
    'whom to tell': async (one) => {
      await allocate(one);
      return tell;
    },
    'whom else to tell': async (one) => {
      await allocate(one);
      await tell(one);
      return tell;
    },
    'a wish for access': async () => (one) => deskOf(msp, one).asks(),
    'who manages it': async () => (one) => deskOf(msp, one).manages('PARTNER'),
  };
  const sent = (line: string, body: object) => call(line, { as: msp.catalog, body, headers: any });
  const allocate = ({ id }: Place, limit = 5) =>
    sent(`PUT /v1/customers/${id}/licences`, {
      model: 'ALLOCATED',
      allocations: { DEVICE: { limit } },
    });
  const item: Act = ({ id }) =>
    sent(`POST /v1/customers/${id}/items`, { items: [{ type: 'DEVICE', name: randomUUID().slice(0, 8) }] });
  const tell: Act = ({ id }) =>
    sent(`PUT /v1/customers/${id}/notification-settings`, { recipients: ['noc@msp.example.com'] });

  it.each(Object.keys(acts))('%s is not done once the customer has left', async (name) => {
    const one = await customer();
    const act = (await acts[name]?.(one)) as Act;
    expect(await leavesBefore(one, () => act(one))).toMatchObject({ status: 404 });
  });

  it.each(['the first order', 'a further order'])(
    '%s is not placed once the customer has left',
    async (which) => {
      const one = await customer();
      await openCatalogue(msp.catalog, one.id);
      const ada = await plantEndUser({ id: one.id, provider: msp.id });
      const goods = await offer(msp, one.id);
      if (which !== 'the first order') await own(ada, await order(ada, goods), 'cancel');
      const answer = await leavesBefore(one, () => order(ada, goods));
      expect(answer.status, JSON.stringify(answer.body)).toBeGreaterThanOrEqual(400);
      expect((await call('GET /v1/requests', { as: ada })).body.items.filter(isOpen)).toEqual([]);
    },
  );

  it('leaves names, counts and pools in order', async () => {
    const found = await violations(await everything());
    const kept = ['names', 'tenancy', 'pools'];
    expect(
      found
        .filter(({ invariant, where }) => kept.includes(invariant) && !planted.has(where.slice(2, 32)))
        .map((one) => JSON.stringify(one)),
    ).toEqual([]);
  });
});

describe('what a customer had decided by itself', () => {
  it('a user that it adds is named at the partner that it has meanwhile confirmed', async () => {
    const domain = `${randomUUID()}.example.com`;
    const email = `ada.${randomUUID()}@alone.example.com`;
    const { body } = await call('POST /v1/accounts', {
      as: msp.operator,
      body: {
        name: `Alone ${randomUUID().slice(0, 8)}`,
        email: 'office@alone.example.com',
        domains: [{ name: domain, primary: true }],
        administrator: { name: 'Ada', email },
      },
    });
    const admin = { ...(await enlist(body.id, ['CUSTOMER_ADMINISTRATOR'])), email };
    const { token } = await asked({ partner: msp.catalog, account: { id: body.id, admin }, mailbox });
    let page: Awaited<ReturnType<typeof reply>> | undefined;
    meanwhile(write, async () => {
      page = await reply(token, { email });
    });
    const added = await addUser({ id: body.id, path: [], domain }, admin);
    expect([page?.status, added.status]).toEqual([200, 201]);
    expect(await get(upnKey(msp.id, added.body.upn), true)).toBeDefined();
    expect(await get(upnKey(body.id, added.body.upn), true)).toBeUndefined();
  });
});
