import { beforeAll, expect, it } from 'vitest';
import { newId } from '../../lib/aws/world.ts';
import { directoryObjectKey } from '../../lib/kit/keys.ts';
import { serviceGroup, usersGroup } from '../../lib/provisioning/naming.ts';
import type { Request } from '../../lib/provisioning/request.ts';
import { beliefsOf } from '../../lib/provisioning/store.ts';
import { plant } from '../every/planting.ts';
import { listen, measure } from '../kit/cost.ts';
import { react } from '../kit/deliver.ts';
import { type Msp, makeMsp } from '../kit/world.ts';
import {
  asked,
  deliverToTheEnd,
  desiredOf,
  objectsOf,
  type Planted,
  plantNode,
  requestIdOf,
  rootOf,
  userOf,
} from './scene.ts';

let msp: Msp;
beforeAll(listen);
beforeAll(async () => {
  msp = await makeMsp();
});

const services = ['MAIL', 'SITE'];

/** A customer with as many users as a page has, twice and more. */
async function crowd(code: string, count: number) {
  const node = await plantNode(rootOf(msp), code, 'Many');
  const ada = userOf(node, 'ada', { services });
  await react(asked(node, 'provision', desiredOf(node, { services, users: [ada] })));
  const [found] = await beliefsOf(node.id, [`U#${ada.id}`]);
  if (!found) throw new Error('Nothing was made');
  const items = Array.from({ length: count - 1 }, (_, index) => {
    const objectId = `U#${newId('user', Date.now() + index)}`;
    const object = { ...found.object, name: `user${index}_${code}` };
    return { ...directoryObjectKey(node.id, objectId), kind: 'directoryObject', ...found, objectId, object };
  });
  await plant(items);
  return { node, ada };
}

const users = async ({ id }: Planted) => (await objectsOf(msp, id)).filter(({ type }) => type === 'USER');
const logOf = (request: { steps: Request['steps'] }, name: string) =>
  request.steps.find((one) => one.name === name)?.log.map(({ message }) => message);

it('a whole customer is switched, emptied of services and removed a page at each turn, recorded in between', async () => {
  const { node } = await crowd('CROWD', 250);
  const ask = (what: 'disable' | 'enable' | 'deprovision' | 'delete' | 'align', version: number) =>
    deliverToTheEnd(msp, asked(node, what, desiredOf(node, { services, version })));
  const off = await ask('disable', 2);
  expect(logOf(off, 'disable users')).toEqual([
    ...['100 users disabled', '100 users disabled', '50 users disabled'],
  ]);
  expect((await users(node)).filter(({ enabled }) => enabled)).toEqual([]);
  expect(logOf(await ask('align', 3), 'switch users as the nodes above say')).toHaveLength(3);
  await ask('enable', 4);
  expect((await users(node)).filter(({ enabled }) => enabled)).toHaveLength(250);
  const out = await ask('deprovision', 5);
  expect(logOf(out, 'remove service groups')).toEqual([
    ...['100 users looked at', '100 users looked at', '2 removed'],
  ]);
  const [name, mail] = [usersGroup(node.code), serviceGroup(node.code, 'MAIL')];
  const memberships = (await users(node)).map(({ memberOf }) => String(memberOf));
  expect(memberships.filter((one) => one.includes(mail) || !one.includes(name))).toEqual([]);
  const gone = await ask('delete', 6);
  expect(logOf(gone, 'remove users')).toEqual(['100 removed', '100 removed', '50 removed']);
  expect(await objectsOf(msp, node.id)).toEqual([]);
});

it('a group is removed once all its members have been looked at', async () => {
  const { node } = await crowd('BREAK', 150);
  const event = asked(node, 'service_deprovision', desiredOf(node, { services: ['MAIL'], version: 2 }));
  const request = await deliverToTheEnd(msp, event);
  expect(requestIdOf(event)).toBe(request.id);
  expect(request.steps[0].log.map(({ message }: { message: string }) => message)).toEqual([
    '100 users looked at',
    expect.stringMatching(/MAIL Users kept$/),
  ]);
  expect((await users(node)).every(({ memberOf }) => (memberOf as string[]).length === 2)).toBe(true);
});

it('one user’s request reads no other user, unless it leaves a folder', async () => {
  const [{ node: small, ada: one }, { node: big, ada: many }] = [
    await crowd('SMALL', 2),
    await crowd('BIGGER', 150),
  ];
  const change = (node: Planted, user: typeof one, department: string | null, version: number) => {
    const structure = { ouStructure: 'BY_DEPARTMENT' as const, everyone: true, services };
    const users = [{ ...user, department, version }];
    return measure(() => react(asked(node, 'user_provision', desiredOf(node, { ...structure, users }))));
  };
  const folders = async ({ id }: Planted) =>
    (await objectsOf(msp, id)).filter(
      ({ type, dn }) => type === 'CONTAINER' && /^OU=(Sales|Legal)/.test(String(dn)),
    );
  const [a, b] = [await change(small, one, 'Sales', 2), await change(big, many, 'Sales', 2)];
  expect(b.cost.read).toBe(a.cost.read);
  const away = await change(big, many, 'Legal', 3);
  expect(away.cost.read).toBeGreaterThan(b.cost.read);
  expect((await folders(big)).map(({ name }) => name)).toEqual(['Legal']);
  // It was looked at: it is not looked at again.
  const [c, d] = [await change(small, one, 'Sales', 3), await change(big, many, 'Legal', 4)];
  expect(d.cost.read).toBe(c.cost.read);
  await react(
    asked(
      big,
      'user_delete',
      desiredOf(big, { users: [{ ...many, version: 5 }], everyone: true, version: 5 }),
    ),
  );
  expect(await folders(big)).toEqual([]);
});
