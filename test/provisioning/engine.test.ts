import { beforeAll, describe, expect, it } from 'vitest';
import { listProvisioningRequests } from '../../functions/provisioning/list-provisioning-requests.ts';
import { commit, get } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { platformId } from '../../lib/kit/id.ts';
import { settingsKey } from '../../lib/kit/keys.ts';
import { openRequest, requestItem } from '../../lib/provisioning/request.ts';
import { requestOf } from '../../lib/provisioning/store.ts';
import { announcedBy, deliver, react } from '../kit/deliver.ts';
import { call, type Msp, makeMsp } from '../kit/world.ts';
import {
  asked,
  deliverOnce,
  desiredOf,
  objectsOf,
  type Planted,
  plantNode,
  requestIdOf,
  resumed,
  rootOf,
  userOf,
} from './scene.ts';

let msp: Msp;
let node: Planted;
beforeAll(async () => {
  msp = await makeMsp();
});

const fresh = async (code = 'FAB') => {
  node = await plantNode(rootOf(msp), code, `Customer ${code}`);
  return node;
};
const path = (rest = '') => `/v1/customers/${node.id}/provisioning-requests${rest}`;

describe('without a directory', () => {
  it('keeps the same objects in the table, and says so', async () => {
    await fresh();
    const ada = userOf(node, 'ada', { administrator: true, services: ['MAIL'] });
    const state = desiredOf(node, { services: ['MAIL'], users: [ada] });
    const { request } = await deliverOnce(msp, asked(node, 'provision', state));
    expect(request).toMatchObject({
      kind: 'CUSTOMER_PROVISION',
      status: 'Provisioned',
      directory: 'TABLE',
      stepsDone: 7,
      stepsTotal: 7,
    });
    expect(request.steps[1]).toMatchObject({ name: 'container FAB', state: 'DONE', attempts: 1 });
    const objects = await objectsOf(msp, node.id);
    const top = `OU=FAB,OU=${node.parents[0]?.code}`;
    expect(objects.map(({ type, dn }) => `${type} ${dn}`).sort()).toEqual([
      `CONTAINER ${top}`,
      `GROUP CN=FAB Administrators,${top}`,
      `GROUP CN=FAB MAIL Users,${top}`,
      `GROUP CN=FAB Users,${top}`,
      `USER CN=ada_FAB,${top}`,
    ]);
    expect(objects.find(({ type }) => type === 'USER')).toMatchObject({
      directory: 'TABLE',
      enabled: true,
      memberOf: [`CN=FAB Administrators,${top}`, `CN=FAB MAIL Users,${top}`, `CN=FAB Users,${top}`],
    });
  });

  it('opens one request for an event however often it comes, and announces its end once', async () => {
    await fresh();
    const event = asked(node, 'provision', desiredOf(node));
    await Promise.all([react(event), react(event)]);
    await react(event);
    const { body } = await call(`GET ${path()}`, { as: msp.reader });
    expect(body.items).toHaveLength(1);
    const told = (await announcedBy(node.id)).filter(({ type }) => type === 'provisioning.finished.v1');
    expect(told.map(({ data }) => data)).toEqual([
      {
        customerId: node.id,
        requestId: requestIdOf(event),
        what: 'provision',
        status: 'Provisioned',
        version: 1,
        userId: null,
        serviceCode: null,
      },
    ]);
  });

  it('switches users with their customer, but not those who are disabled themselves', async () => {
    await fresh();
    const users = [userOf(node, 'ada'), userOf(node, 'off', { enabled: false })];
    const state = desiredOf(node, { services: ['MAIL'], users });
    const enabled = async () =>
      (await objectsOf(msp, node.id))
        .filter(({ type }) => type === 'USER')
        .map(({ name, enabled: on }) => `${name} ${on}`)
        .sort();
    await react(asked(node, 'provision', state));
    expect(await enabled()).toEqual(['ada_FAB true', 'off_FAB false']);
    await react(asked(node, 'disable', { ...state, version: 2 }));
    expect(await enabled()).toEqual(['ada_FAB false', 'off_FAB false']);
    await react(asked(node, 'user_provision', { ...state, users: [userOf(node, 'new')] }));
    expect(await enabled()).toEqual(['ada_FAB false', 'new_FAB false', 'off_FAB false']);
    await react(asked(node, 'enable', { ...state, version: 3 }));
    expect(await enabled()).toEqual(['ada_FAB true', 'new_FAB true', 'off_FAB false']);
    await react(asked(node, 'deprovision', { ...state, version: 4 }));
    expect(await enabled()).toEqual(['ada_FAB false', 'new_FAB false', 'off_FAB false']);
    const names = (await objectsOf(msp, node.id)).map(({ name }) => name);
    expect(names).not.toContain('FAB MAIL Users');
  });

  it('removes everything, folders last but for the container, and nothing comes back', async () => {
    await fresh();
    const user = userOf(node, 'ada', { department: 'R&D, "1"', location: 'Wien' });
    const state = desiredOf(node, { ouStructure: 'DEPARTMENT_LOCATION', users: [user] });
    await react(asked(node, 'provision', state));
    expect((await objectsOf(msp, node.id)).map(({ dn }) => dn)).toContainEqual(
      expect.stringContaining('CN=ada_FAB,OU=Wien,OU=R&D\\, \\"1\\",OU=FAB,'),
    );
    await react(asked(node, 'delete', { ...state, version: 5 }));
    expect(await objectsOf(msp, node.id)).toEqual([]);
    const { request } = await deliverOnce(msp, asked(node, 'provision', { ...state, version: 4 }));
    expect(request).toMatchObject({ status: 'Provisioned', stepsTotal: 8 });
    expect(request.steps.every(({ state: one }: { state: string }) => one === 'SKIPPED')).toBe(true);
    expect(await objectsOf(msp, node.id)).toEqual([]);
  });

  it('takes a service and its memberships away, and a user', async () => {
    await fresh();
    const ada = userOf(node, 'ada', { services: ['MAIL'] });
    const state = desiredOf(node, { services: ['MAIL'], users: [ada] });
    await react(asked(node, 'user_provision', state));
    const { request } = await deliverOnce(msp, asked(node, 'service_deprovision', state));
    expect(request).toMatchObject({ kind: 'SERVICE_DEPROVISION', serviceCode: 'MAIL' });
    const [user] = (await objectsOf(msp, node.id)).filter(({ type }) => type === 'USER');
    expect(user?.memberOf).toHaveLength(1);
    const gone = await deliverOnce(msp, asked(node, 'user_delete', state));
    expect(gone.request).toMatchObject({ kind: 'USER_DELETE', userId: ada.id });
    expect((await objectsOf(msp, node.id)).filter(({ type }) => type === 'USER')).toEqual([]);
  });

  it('runs one request of a customer at a time; the others stand in line, and are called', async () => {
    await fresh();
    const key = settingsKey(node.id, 'PROVISIONING');
    const until = Date.now() + 60_000;
    const held = { ...key, kind: 'provisioningLane', holder: 'x', until, version: 1 };
    await commit([{ do: 'create', item: held }], 'lane', Date.now() + 5000);
    const users = Array.from({ length: 5 }, (_, index) => userOf(node, `user${index}`));
    const events = [
      asked(node, 'provision', desiredOf(node)),
      ...users.map((one) => asked(node, 'user_provision', desiredOf(node, { users: [one] }))),
    ];
    // No try is lost: each is told as done to its queue.
    await Promise.all(events.map(react));
    const [first] = events;
    const shown = async () =>
      (await call(`GET ${path()}`, { as: msp.reader })).body.items.map(
        ({ status, stepsDone }: { status: string; stepsDone: number }) => [status, stepsDone > 0],
      );
    expect(await shown()).toEqual(Array(6).fill(['Requested', false]));
    const line = await get(key, true);
    expect(new Set(line?.waiting as string[])).toEqual(new Set(events.map(requestIdOf)));
    // As when the holder died: the first that comes again finds the lane free.
    const version = Number(line?.version);
    const item = { ...line, ...key, until: 0, version: version + 1 };
    await commit([{ do: 'replace', version, item }], 'free', Date.now() + 5000);
    await react(first as (typeof events)[0]);
    await deliver(node.id);
    expect(await shown()).toEqual(Array(6).fill(['Provisioned', true]));
    expect(await get(key, true)).toBeUndefined();
  });

  it('calls the next in line though the one that was called is done', async () => {
    await fresh();
    const [one, two] = [asked(node, 'provision', desiredOf(node)), asked(node, 'enable', desiredOf(node))];
    await react(one);
    const key = settingsKey(node.id, 'PROVISIONING');
    const request = openRequest(two.data as never, {
      ...{ id: requestIdOf(two), at: two.at, platformId, directory: 'TABLE' as const },
    });
    const item = {
      ...key,
      kind: 'provisioningLane',
      holder: '',
      until: 0,
      waiting: [request.id],
      version: 1,
    };
    const writes = [item, requestItem(request)].map((made) => ({ do: 'create' as const, item: made }));
    await commit(writes, 'called', Date.now() + 5000);
    await react(resumed(node, requestIdOf(one)));
    await deliver(node.id);
    expect(await requestOf(node.id, request.id)).toMatchObject({ status: 'Provisioned' });
  });
});

describe('requests over the API', () => {
  it('are listed newest first, by status, page by page', async () => {
    await fresh();
    for (const version of [1, 2, 3]) await react(asked(node, 'provision', desiredOf(node, { version })));
    const { body } = await call(`GET ${path('?limit=2&status=Provisioned')}`, { as: msp.reader });
    expect(body.items).toHaveLength(2);
    expect(body.items[0].id > body.items[1].id).toBe(true);
    expect(body.items[0].steps).toBeUndefined();
    const rest = await call(
      `GET ${path(`?limit=2&status=Provisioned&cursor=${encodeURIComponent(body.nextCursor)}`)}`,
      { as: msp.reader },
    );
    expect(rest.body.items).toHaveLength(1);
    expect((await call(`GET ${path('?status=Failed')}`, { as: msp.reader })).body.items).toEqual([]);
    // A page is cut before it is narrowed: it may be short though more follows.
    const short = (await call(`GET ${path('?limit=2&status=Failed')}`, { as: msp.reader })).body;
    expect(short).toMatchObject({ items: [], nextCursor: expect.any(String) });
    expect(listProvisioningRequests.description).toMatch(/page may be short.*nextCursor/);
    expect((await call(`GET ${path('?status=Purple')}`, { as: msp.reader })).status).toBe(400);
  });

  it('of others and unknown ones are not found', async () => {
    await fresh();
    const other = await makeMsp();
    await react(asked(node, 'provision', desiredOf(node)));
    const [{ id }] = (await call(`GET ${path()}`, { as: msp.reader })).body.items;
    for (const line of [`GET ${path()}`, `GET ${path(`/${id}`)}`, `POST ${path(`/${id}/retry`)}`]) {
      expect((await call(line, { as: other.catalog })).status).toBe(404);
    }
    const unknown = path(`/${newId('provisioningRequest', Date.now())}`);
    expect((await call(`GET ${unknown}`, { as: msp.reader })).status).toBe(404);
    expect((await call(`POST ${unknown}/retry`, { as: msp.catalog })).status).toBe(404);
  });

  it('can be retried only when failed, reset only when they hang', async () => {
    await fresh();
    const event = asked(node, 'provision', desiredOf(node));
    await react(event);
    const line = (verb: string) => `POST ${path(`/${requestIdOf(event)}/${verb}`)}`;
    const as = msp.catalog;
    expect((await call(line('retry'), { as })).body.code).toBe('provisioning.not_failed');
    expect((await call(line('reset'), { as })).body.code).toBe('provisioning.not_hanging');
    expect((await call(line('retry'), { as: msp.reader })).status).toBe(403);
  });

  it('that hang for 30 minutes are reset, then retried, and end well without doubles', async () => {
    await fresh();
    const event = asked(node, 'provision', desiredOf(node));
    await react(event);
    const stored = await requestOf(node.id, requestIdOf(event));
    if (!stored) throw new Error('There is no request');
    const steps = stored.steps.map((one, index) => (index < 2 ? one : { ...one, state: 'WAITING' as const }));
    const touchedAt = new Date(Date.now() - 31 * 60_000).toISOString();
    const hanging = { ...stored, steps, status: 'InProgress' as const, finishedAt: null, touchedAt };
    const item = requestItem({ ...hanging, version: stored.version + 1 });
    await commit([{ do: 'replace', version: stored.version, item }], 'hang', Date.now() + 5000);
    const as = msp.catalog;
    const reset = await call(`POST ${path(`/${stored.id}/reset`)}`, { as });
    expect(reset.body).toMatchObject({ status: 'Failed', stepsDone: 2 });
    const objects = await objectsOf(msp, node.id);
    const retried = await call(`POST ${path(`/${stored.id}/retry`)}`, { as });
    expect(retried).toMatchObject({ status: 202, body: { status: 'Requested', finishedAt: null } });
    await deliver(node.id);
    const after = await call(`GET ${path(`/${stored.id}`)}`, { as });
    expect(after.body).toMatchObject({ status: 'Provisioned', stepsDone: after.body.stepsTotal });
    expect(after.body.steps[2].log.map(({ message }: { message: string }) => message)).toContain(
      'Stood still, and was reset',
    );
    expect(await objectsOf(msp, node.id)).toEqual(objects);
  });
});
