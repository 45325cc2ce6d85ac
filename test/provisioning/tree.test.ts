import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { commit, get } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { provisioningRequested as customerAsked } from '../../lib/customers/events.ts';
import { customerServiceKey, directoryObjectKey, forestKey, nodeKey } from '../../lib/kit/keys.ts';
import type { Move } from '../../lib/kit/move.ts';
import { requestItem } from '../../lib/provisioning/request.ts';
import { requestOf } from '../../lib/provisioning/store.ts';
import { placeOf, placesBelow } from '../../lib/provisioning/tree-store.ts';
import { plant } from '../every/planting.ts';
import { announcedBy, deliver, react } from '../kit/deliver.ts';
import { call, type Msp, makeMsp } from '../kit/world.ts';
import {
  asked,
  deliverOnce,
  desiredOf,
  envelopeOf,
  objectsOf,
  type Planted,
  plantNode,
  requestIdOf,
  rootOf,
  userOf,
} from './scene.ts';

let msp: Msp;
beforeAll(async () => {
  msp = await makeMsp();
});

/** What holds for the provider's whole tree, written as the customers' side would. */
async function tree(change: { disabled?: string[]; move?: Move | undefined }): Promise<void> {
  const before = await get(forestKey(msp.id), true);
  const version = Number(before?.version ?? 0) + 1;
  const item = { ...before, ...forestKey(msp.id), kind: 'forest', ...change, version };
  await commit(
    [before ? { do: 'replace', version: version - 1, item } : { do: 'create', item }],
    randomUUID(),
    Date.now() + 5000,
  );
}

/** Gives a node another path, as a move does. */
async function stand(node: Planted, path: readonly string[]): Promise<void> {
  const stored = (await get(nodeKey(node.id), true)) as { version: number };
  const version = stored.version + 1;
  const item = { ...stored, ...nodeKey(node.id), path: path.join('/'), version };
  await commit([{ do: 'replace', version: stored.version, item }], randomUUID(), Date.now() + 5000);
}

const below = ({ id, code, name, parents }: Planted) => [...parents, { id, code, name }];
/** Where a node's container was last brought: what the engine did, not where the tree says that it should be. */
const containerOf = async (node: Planted): Promise<string> => {
  const belief = await get(directoryObjectKey(node.id, 'C'), true);
  const { at = [], name = '' } = (belief?.object ?? {}) as { at?: string[]; name?: string };
  const dn = [...at, name].reverse().map((one) => `OU=${one}`);
  expect((await objectsOf(msp, node.id)).find(({ type }) => type === 'CONTAINER')?.dn).toBe(dn.join());
  return dn.join();
};
const top = () => `OU=${rootOf(msp).code}`;

describe('a move that is under way', () => {
  it('is where a customer stands, though its stored path has not followed', async () => {
    const [from, to] = [await plantNode(rootOf(msp), 'RFROM', 'F'), await plantNode(rootOf(msp), 'RTO', 'T')];
    const sub = await plantNode(from, 'RSUB', 'S');
    const customer = await plantNode(sub, 'LATE', 'Late');
    await react(asked(customer, 'provision', desiredOf(customer)));
    expect(await containerOf(customer)).toBe(`OU=LATE,OU=RSUB,OU=RFROM,${top()}`);
    await stand(sub, [...to.path, sub.id]);
    await tree({ move: { id: sub.id, operationId: 'opr_1', from: from.path, to: to.path } });
    await react(asked(sub, 'move', desiredOf(sub, { version: 2, parents: below(to) })));
    expect(await containerOf(sub)).toBe(`OU=RSUB,OU=RTO,${top()}`);
    const data = { customerId: customer.id, what: 'provision', version: 2, code: 'LATE', parentId: sub.id };
    const event = envelopeOf(customerAsked, customer, data as never);
    const { request } = await deliverOnce(msp, event);
    expect(request.status).toBe('Provisioned');
    expect(await containerOf(customer)).toBe(`OU=LATE,OU=RSUB,OU=RTO,${top()}`);
    expect(await containerOf(sub)).toBe(`OU=RSUB,OU=RTO,${top()}`);
    await tree({ move: undefined });
  });

  it('turns a request that was asked for before it: nothing goes back', async () => {
    const [from, to] = [await plantNode(rootOf(msp), 'RF2', 'F'), await plantNode(rootOf(msp), 'RT2', 'T')];
    const sub = await plantNode(from, 'RS2', 'S');
    const customer = await plantNode(sub, 'OLD', 'Old');
    const event = asked(customer, 'provision', desiredOf(customer, { users: [userOf(customer, 'ada')] }));
    await stand(sub, [...to.path, sub.id]);
    await stand(customer, [...to.path, sub.id, customer.id]);
    await react(asked(sub, 'move', desiredOf(sub, { version: 2, parents: below(to) })));
    const { request } = await deliverOnce(msp, event);
    expect(request).toMatchObject({ status: 'Provisioned', stepsDone: request.stepsTotal });
    expect(request.steps.map(({ name }: { name: string }) => name)).not.toContain('container RF2');
    expect(await containerOf(sub)).toBe(`OU=RS2,OU=RT2,${top()}`);
    const place = `OU=OLD,OU=RS2,OU=RT2,${top()}`;
    expect((await objectsOf(msp, customer.id)).map(({ dn }) => dn).sort()).toEqual(
      [place, `CN=OLD Administrators,${place}`, `CN=OLD Users,${place}`, `CN=ada_OLD,${place}`].sort(),
    );
  });
});

describe('a reseller that is switched off', () => {
  let reseller: Planted;
  let sub: Planted;
  let near: Planted;
  let far: Planted;
  let own: Planted;
  let version = 1;
  const people = (node: Planted) => [userOf(node, 'ada'), userOf(node, 'off', { enabled: false })];
  const turn = async (what: 'disable' | 'enable' | 'deprovision' | 'provision', more = {}) => {
    version++;
    if (what === 'disable' || what === 'enable') {
      await tree({ disabled: what === 'disable' ? [reseller.id] : [] });
    }
    const event = asked(reseller, what, desiredOf(reseller, { version, ...more }));
    const { request } = await deliverOnce(msp, event);
    expect(request.status).toBe('Provisioned');
    await deliver(reseller.id);
    return { event, request };
  };
  const who = async () => {
    const shown = await Promise.all([near, far, own].map(({ id }) => objectsOf(msp, id)));
    return shown
      .flat()
      .filter(({ type, enabled }) => type === 'USER' && enabled)
      .map(({ name }) => name)
      .sort();
  };
  const requests = async (node: Planted, kind: string) => {
    const { body } = await call(`GET /v1/customers/${node.id}/provisioning-requests?limit=100`, {
      as: msp.reader,
    });
    return body.items.filter((one: { kind: string }) => one.kind === kind);
  };

  beforeAll(async () => {
    reseller = await plantNode(rootOf(msp), 'RTOP', 'Top');
    sub = await plantNode(reseller, 'RLOW', 'Low');
    [near, far, own] = [
      await plantNode(reseller, 'NEAR', 'Near'),
      await plantNode(sub, 'FAR', 'Far'),
      await plantNode(sub, 'OWN', 'Own'),
    ];
    // More than one page of nodes that hold nothing.
    await Promise.all(
      Array.from({ length: 27 }, (_, index) => plantNode(reseller, `E${index}X`, `E ${index}`)),
    );
    for (const node of [reseller, near, far, own])
      await react(asked(node, 'provision', desiredOf(node, { users: people(node) })));
    await react(asked(own, 'disable', desiredOf(own, { version: 2 })));
  });

  it('stops the accounts of everyone below it, once, and those that come meanwhile', async () => {
    expect(await who()).toEqual(['ada_FAR', 'ada_NEAR']);
    const { request } = await turn('disable');
    expect(request.steps[1].log.at(-1).message).toMatch(/nodes below looked at/);
    expect(request.steps[1].log.length).toBeGreaterThan(2);
    expect(await who()).toEqual([]);
    expect(await requests(near, 'CUSTOMER_ALIGN')).toHaveLength(1);
    expect(await requests(own, 'CUSTOMER_ALIGN')).toEqual([]);
    await react(asked(far, 'user_provision', desiredOf(far, { users: [userOf(far, 'new')] })));
    await react(asked(far, 'enable', desiredOf(far, { version: 2 })));
    expect(await who()).toEqual([]);
  });

  it('lets exactly those in again that are enabled themselves', async () => {
    await turn('enable');
    expect(await who()).toEqual(['ada_FAR', 'ada_NEAR', 'new_FAR']);
    await react(asked(own, 'enable', desiredOf(own, { version: 3 })));
    expect(await who()).toEqual(['ada_FAR', 'ada_NEAR', 'ada_OWN', 'new_FAR']);
  });

  it('goes on below it where it was interrupted', async () => {
    const { event } = await turn('disable');
    const stored = await requestOf(reseller.id, requestIdOf(event));
    const key = directoryObjectKey(near.id, 'C');
    const users = (await objectsOf(msp, near.id)).filter(({ type }) => type === 'USER');
    expect(users).toHaveLength(2);
    if (!stored || !(await get(key, true))) throw new Error('There is no request');
    // As if the function had ended after the first page, and an account had been missed.
    const ada = desiredOf(near, { users: [userOf(near, 'late')], version: 9 });
    await tree({ disabled: [] });
    await react(asked(near, 'user_provision', ada));
    await tree({ disabled: [reseller.id] });
    const places = await placesBelow(reseller.path);
    const steps = stored.steps.map((one) => ({
      ...one,
      state: 'WAITING' as const,
      step: one.step.do === 'cascade' ? { ...one.step, places, after: null } : one.step,
    }));
    const unfinished = { ...stored, steps, status: 'InProgress' as const, finishedAt: null };
    const item = requestItem({ ...unfinished, version: stored.version + 1 });
    await commit([{ do: 'replace', version: stored.version, item }], randomUUID(), Date.now() + 5000);
    await react(event);
    await deliver(reseller.id);
    expect(await who()).toEqual([]);
    await turn('enable');
    expect(await who()).toContain('late_NEAR');
  });

  it('does the same when it is taken out of service, and when it comes back', async () => {
    await turn('deprovision');
    expect(await who()).toEqual([]);
    expect((await placeOf(far.id, far.path))?.blocked).toBe(true);
    const { request } = await turn('provision');
    expect(request.steps.at(-1).log[0].message).toBe('begun');
    expect(await who()).toContain('ada_FAR');
    const again = await turn('provision');
    expect(again.request.steps.at(-1).log.map(({ message }: { message: string }) => message)).toEqual([
      'nothing changes below',
    ]);
  });

  it('lets nobody in by being enabled while it is out of service', async () => {
    await turn('deprovision');
    await turn('disable', { inService: false });
    await turn('enable', { inService: false });
    expect(await who()).toEqual([]);
    await turn('provision');
    expect(await who()).toContain('ada_FAR');
  });

  it('is so for all below, though one of them has very many services and another cannot be looked at', async () => {
    const lots = Array.from({ length: 60 }, (_, index) => ({
      ...customerServiceKey(near.id, newId('service', index)),
      ...{ kind: 'instance', code: `S${index}`, status: 'Provisioned', epoch: 1, version: 1 },
      serviceId: newId('service', index),
    }));
    const key = directoryObjectKey(own.id, 'C');
    const stored = (await get(key, true)) as { version: number };
    const spoil = async (item: object, version: number) =>
      commit(
        [{ do: 'replace', version, item: { ...item, ...key, version: version + 1 } }],
        randomUUID(),
        Date.now() + 5000,
      );
    await plant(lots);
    await spoil({ ...stored, suspended: 'nobody knows' }, stored.version);
    await tree({ disabled: [reseller.id] });
    const event = asked(reseller, 'disable', desiredOf(reseller, { version: ++version }));
    const { request } = await deliverOnce(msp, event);
    // Its own accounts first.
    expect(request.steps[0]).toMatchObject({ name: 'disable users', state: 'DONE' });
    expect(request).toMatchObject({ status: 'Provisioned', stepsDone: 2 });
    const asks = (await announcedBy(reseller.id)).filter(({ type, subject }) => {
      return type === 'provisioning.requested.v1' && [near.id, far.id, own.id].includes(subject);
    });
    await spoil(stored, stored.version + 1);
    for (const one of asks.slice(-3)) await react(one);
    expect(await who()).toEqual([]);
    expect(new Set(asks.slice(-3).map(({ subject }) => subject))).toEqual(new Set([near.id, far.id, own.id]));
    await turn('enable');
    expect(await who()).toContain('ada_NEAR');
  });

  it('holds nobody who has moved away, with all that is below', async () => {
    await turn('disable');
    expect(await who()).toEqual([]);
    const path = [...rootOf(msp).path, sub.id];
    await stand(sub, path);
    await tree({
      move: { id: sub.id, operationId: newId('operation', 1), from: reseller.path, to: rootOf(msp).path },
    });
    await react(asked(sub, 'move', desiredOf(sub, { version: 20, parents: below(rootOf(msp)) })));
    await deliver(sub.id);
    expect(await who()).toEqual(['ada_FAR', 'ada_OWN', 'new_FAR']);
  });
});

describe('an account that expires', () => {
  it('is shown as what it is now, without anyone touching it', async () => {
    const node = await plantNode(rootOf(msp), 'EXP', 'E');
    const [past, future] = ['2020-02-01T00:00:00.000Z', '2999-01-01T00:00:00.000Z'];
    const users = [userOf(node, 'past', { expiresAt: past }), userOf(node, 'next', { expiresAt: future })];
    await react(asked(node, 'provision', desiredOf(node, { users })));
    const shown = (await objectsOf(msp, node.id)).filter(({ type }) => type === 'USER');
    expect(shown.map(({ name, enabled, expiresAt }) => ({ name, enabled, expiresAt }))).toEqual(
      expect.arrayContaining([
        { name: 'past_EXP', enabled: false, expiresAt: past },
        { name: 'next_EXP', enabled: true, expiresAt: future },
      ]),
    );
  });
});

describe('a new password', () => {
  it('does not exist without a directory, and says so; without an account it fails soon', async () => {
    const node = await plantNode(rootOf(msp), 'PWD', 'P');
    const ada = userOf(node, 'ada');
    const state = desiredOf(node, { users: [ada], publicKey: null });
    const early = asked(node, 'user_reset_password', state);
    await expect(react(early)).rejects.toThrow();
    await react(early);
    const { request: failed } = await deliverOnce(msp, early);
    expect(failed).toMatchObject({ kind: 'USER_RESET_PASSWORD', status: 'Failed', sealedPassword: null });
    await react(asked(node, 'user_provision', state));
    const { request } = await deliverOnce(msp, asked(node, 'user_reset_password', state));
    expect(request).toMatchObject({ status: 'Provisioned', sealedPassword: null });
    expect(request.steps[0].log[0].message).toBe('Without a directory there is no password');
  });
});
