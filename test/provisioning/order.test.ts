import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { commit, get } from '../../lib/aws/db.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { settingsKey } from '../../lib/kit/keys.ts';
import { announcedBy, deliver, react } from '../kit/deliver.ts';
import { any, plantDirectly } from '../kit/forest.ts';
import { call, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { objectsOf, requestIdOf, showRequest } from './scene.ts';

let msp: Msp;
let serviceId: string;
const ok = async (line: string, body?: unknown) => {
  const change = line.startsWith('DELETE') || line.startsWith('PATCH');
  const sent = { as: msp.catalog, ...(body ? { body } : {}), ...(change ? { headers: any } : {}) };
  const answer = await call(line, sent);
  expect(answer.status, `${line} ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
};
beforeAll(async () => {
  msp = await makeMsp();
  await ensureMspMode(msp);
  serviceId = (await ok('POST /v1/services', { code: 'MAIL', name: 'Mail', kind: 'USER' })).id;
});

/** A provisioned customer with a service, and a user who has it. */
async function scene() {
  const { id, domains } = await plantDirectly(msp.catalog);
  const path = `/v1/customers/${id}`;
  await ok(`POST ${path}/provision`);
  await deliver(id);
  const made = { firstName: 'A', lastName: 'B', upn: `b@${domains[0].name}` };
  await ok(`POST ${path}/users`, { ...made, upn: `admin@${domains[0].name}` });
  const user = `${path}/users/${(await ok(`POST ${path}/users`, made)).id}`;
  const service = `${path}/services/${serviceId}`;
  const seat = `${user}/services/${serviceId}`;
  await ok(`PUT ${service}`, {});
  await deliver(id);
  await ok(`PUT ${seat}`, {});
  await deliver(id);
  const seen = new Set((await announcedBy(id)).map((one) => one.id));
  /** What has been announced since it was asked last. */
  const fresh = async () => {
    const found = (await announcedBy(id)).filter((one) => !seen.has(one.id));
    for (const one of found) seen.add(one.id);
    return found;
  };
  const account = async () => {
    const found = (await objectsOf(msp, id)).find(({ name }) => String(name).startsWith('b_'));
    return [found?.enabled, (found?.memberOf as string[] | undefined)?.length];
  };
  return { id, path, user, service, seat, fresh, account };
}

/** A request that is opened, and finds another one of its customer at work. */
async function stuck(id: string, events: readonly Envelope[]): Promise<void> {
  const lane = settingsKey(id, 'PROVISIONING');
  const item = { ...lane, kind: 'provisioningLane', holder: 'x', until: Date.now() + 60_000, version: 1 };
  await commit([{ do: 'create', item }], randomUUID(), Date.now() + 5000);
  await Promise.all(events.map(react));
  const version = Number((await get(lane, true))?.version);
  expect(version).toBe(events.length + 1);
  await commit([{ do: 'remove', key: lane, version }], randomUUID(), Date.now() + 5000);
}
const reactAll = async (events: readonly Envelope[]) => {
  for (const one of events) await react(one);
};

it('a service that was taken does not come back with an older request of the user', async () => {
  const { id, user, seat, fresh, account } = await scene();
  expect(await account()).toEqual([true, 2]);
  await ok(`POST ${user}/provision`);
  const older = await fresh();
  await stuck(id, older);
  await ok(`DELETE ${seat}`);
  await reactAll([...(await fresh()), ...older]);
  expect(await account()).toEqual([true, 1]);
});

it('a service that was taken and given again has its group, whichever request is the last, and those who have it now', async () => {
  const { id, service, seat, fresh, account } = await scene();
  await ok(`DELETE ${service}`);
  const taken = await fresh();
  await stuck(id, taken);
  await ok(`PUT ${service}`, {});
  await reactAll([...(await fresh()), ...taken]);
  const groups = async () => (await objectsOf(msp, id)).filter(({ serviceCode }) => serviceCode === 'MAIL');
  expect(await groups()).toHaveLength(1);
  // Nobody of before has it.
  expect(await account()).toEqual([true, 1]);
  await ok(`PUT ${seat}`, {});
  await deliver(id);
  expect(await account()).toEqual([true, 2]);
});

it('who was taken out does not come back with a service, an older request or a switch of theirs', async () => {
  const { id, user, seat, fresh, account } = await scene();
  await ok(`POST ${user}/provision`);
  const older = await fresh();
  await stuck(id, older);
  await ok(`POST ${user}/deprovision`);
  await ok(`PATCH ${user}`, { passwordNeverExpires: true });
  await reactAll([...(await fresh()), ...older]);
  expect(await account()).toEqual([false, 0]);
  await deliver(id);
  expect(await ok(`GET ${user}`)).toMatchObject({ status: 'NotProvisioned' });
  await ok(`DELETE ${seat}`);
  await ok(`PUT ${seat}`, {});
  await deliver(id);
  expect(await account()).toEqual([false, 0]);
  await ok(`POST ${user}/provision`);
  await deliver(id);
  expect(await account()).toEqual([true, 2]);
});

it('disabled while it waits to leave, a user leaves all the same', async () => {
  const { id, user, account } = await scene();
  await ok(`POST ${user}/deprovision`);
  await ok(`PATCH ${user}`, { disabled: true });
  await ok(`PATCH ${user}`, { disabled: false });
  await deliver(id);
  expect(await account()).toEqual([false, 0]);
  expect(await ok(`GET ${user}`)).toMatchObject({ status: 'NotProvisioned' });
});

it('a customer ends as it was asked for last, and its status says so, in whichever order its requests run', async () => {
  for (const backwards of [false, true]) {
    const { id, path, fresh, account } = await scene();
    await ok(`POST ${path}/deprovision`);
    await ok(`POST ${path}/disable`);
    await ok(`POST ${path}/enable`);
    const asked = await fresh();
    await reactAll(backwards ? asked.toReversed() : asked);
    await deliver(id);
    expect(await ok(`GET ${path}`)).toMatchObject({ status: 'NotProvisioned', adminState: 'ENABLED' });
    expect((await account())[0]).toBe(false);
    await fresh();
    await ok(`POST ${path}/provision`);
    await ok(`POST ${path}/disable`);
    const again = await fresh();
    await reactAll(backwards ? again.toReversed() : again);
    await deliver(id);
    expect(await ok(`GET ${path}`)).toMatchObject({ status: 'Provisioned', adminState: 'DISABLED' });
    expect(await account()).toEqual([false, 2]);
  }
});

it('a request that failed is retried as things are then; what is done and still asked for is not done again', async () => {
  const { id, path, seat, fresh } = await scene();
  await ok(`POST ${path}/provision`);
  const [event] = await fresh();
  if (!event) throw new Error('Nothing was asked for');
  await react(event);
  const line = `${path}/provisioning-requests/${requestIdOf(event)}`;
  const key = { PK: `T#${id}#PROVISION`, SK: requestIdOf(event) };
  const stored = await get(key, true);
  if (!stored) throw new Error('There is no request');
  const steps = (stored.steps as { state: string }[]).map((one, index) =>
    index < 3 ? one : { ...one, state: 'FAILED' },
  );
  const version = Number(stored.version);
  const item = { ...stored, ...key, steps, status: 'Failed', version: version + 1 };
  await commit([{ do: 'replace', version, item }], randomUUID(), Date.now() + 5000);
  await ok(`DELETE ${seat}`);
  await ok(`POST ${line}/retry`);
  await deliver(id);
  const after = await showRequest(msp, id, requestIdOf(event));
  expect(after).toMatchObject({ status: 'Provisioned', stepsDone: after.stepsTotal });
  expect(after.steps.map(({ attempts }: { attempts: number }) => attempts).slice(0, 3)).toEqual([1, 1, 1]);
});
