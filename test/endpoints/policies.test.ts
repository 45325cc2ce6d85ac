import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { commit } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { policyFor } from '../../lib/endpoints/console-store.ts';
import { defaultGroup, type MachineGroup } from '../../lib/endpoints/group.ts';
import { effectivePolicy, keptVersions } from '../../lib/endpoints/policy.ts';
import { builtInDocument } from '../../lib/endpoints/policy-document.ts';
import { consoleKey } from '../../lib/kit/keys.ts';
import { plantCustomer } from '../kit/plant.ts';
import { type Caller, enlist, type Msp, makeMsp } from '../kit/world.ts';
import { announcedBy } from '../licensing/desk.ts';
import { receiptsOf } from '../notifications/scene.ts';
import { desk, documentOf } from './desk.ts';

let msp: Msp;
let customer: { id: string; admin: Caller };
let one: ReturnType<typeof desk>;
beforeAll(async () => {
  msp = await makeMsp();
  customer = await plantCustomer(msp.id);
  one = desk(customer);
});

const blocked = documentOf({ usb: { mode: 'BLOCK' } });

describe('policies', () => {
  it('are made, changed by versions, shown as any version had them, and deleted with these', async () => {
    const made = await one.policy({ name: 'Servers' });
    expect(made).toMatchObject({
      status: 201,
      headers: { etag: '"1"' },
      body: { name: 'Servers', version: 1, assigned: 0, changedBy: customer.admin.person },
    });
    const at = made.headers.location ?? '';
    const changed = await one.put(
      made.body.id,
      { name: 'All servers', document: blocked },
      { 'if-match': '"1"' },
    );
    expect(changed).toMatchObject({ status: 200, headers: { etag: '"2"' }, body: { version: 2 } });
    const same = await one.put(made.body.id, { name: 'All servers', document: blocked });
    expect(same.headers.etag).toBe('"2"');
    expect(
      (await one.put(made.body.id, { name: 'X', document: blocked }, { 'if-match': '"1"' })).status,
    ).toBe(412);
    expect((await one.put(made.body.id, { name: 'X', document: blocked }, {})).status).toBe(428);
    expect((await one.get(at)).body).toEqual(changed.body);
    expect((await one.get(`${at}?version=1`)).body).toMatchObject({
      name: 'Servers',
      version: 1,
      document: documentOf(),
    });
    for (const version of [3, 99_999]) expect((await one.get(`${at}?version=${version}`)).status).toBe(404);
    expect((await one.get(`${at}?version=0`)).status).toBe(400);
    const versions = await one.get(`${at}/versions?limit=1`);
    expect(versions.body.items).toMatchObject([{ version: 2, name: 'All servers', document: blocked }]);
    const older = await one.get(`${at}/versions?cursor=${versions.body.nextCursor}`);
    expect(older.body.items).toMatchObject([{ version: 1, name: 'Servers' }]);
    const list = await one.get(`${one.policies}?q=all`);
    expect(list.body.items).toEqual([
      { id: made.body.id, name: 'All servers', createdAt: made.body.createdAt },
    ]);
    expect((await one.remove(at, { 'if-match': '"1"' })).status).toBe(412);
    expect((await one.remove(at)).status).toBe(204);
    for (const gone of [at, `${at}?version=1`, `${at}/versions`])
      expect((await one.get(gone)).status).toBe(404);
    expect((await one.remove(at)).status).toBe(404);
    expect((await one.put(made.body.id, { name: 'X', document: blocked })).status).toBe(404);
    expect((await one.policy({ name: 'All servers' })).status).toBe(201);
    const told = (await receiptsOf(customer.id)).filter(({ subject }) => subject === made.body.id);
    expect(told[1]).toMatchObject({
      action: 'policies.change',
      before: { name: 'Servers', version: 1, usb: { mode: 'ALLOW' } },
      after: { name: 'All servers', version: 2, usb: { mode: 'BLOCK' } },
    });
    const events = (await announcedBy(customer.id)).filter(
      ({ type }) => type === 'endpoints.policy_changed.v1',
    );
    expect(events.map(({ data }) => data.change).slice(0, 3)).toEqual(['ADDED', 'CHANGED', 'REMOVED']);
  });

  it('have names of their own', async () => {
    await one.policy({ name: 'Kiosks' });
    const other = await one.policy({ name: 'Others' });
    for (const refused of [
      await one.policy({ name: 'kiosks ' }),
      await one.put(other.body.id, { name: 'KIOSKS', document: blocked }),
    ])
      expect(refused.body).toMatchObject({
        code: 'endpoints.policy_name_taken',
        errors: [{ pointer: '#/name' }],
      });
    const respelled = await one.put(other.body.id, { name: 'OTHERS', document: blocked });
    expect(respelled).toMatchObject({ status: 200, body: { name: 'OTHERS' } });
  });

  it('are given to groups, hold below unless a group has its own, and stay while they are given', async () => {
    const [base, strict] = [await one.policy(), await one.policy({ document: blocked })];
    const top = (await one.group({ policyId: base.body.id })).body.id;
    const below = (await one.group({ parentId: top })).body.id;
    const effective = async (groupId: string) =>
      (await one.get(`${one.groups}/${groupId}`)).body.effectivePolicy;
    expect(await effective(below)).toEqual({
      ...{ policyId: base.body.id, version: 1, groupId: top, document: documentOf() },
    });
    const given = await one.change(below, { policyId: strict.body.id });
    expect(given.body.policyId).toBe(strict.body.id);
    expect(await effective(below)).toMatchObject({ policyId: strict.body.id, groupId: below });
    expect(await policyFor(customer.id, below)).toEqual(await effective(below));
    const refused = await one.remove(`${one.policies}/${strict.body.id}`);
    expect(refused.body).toMatchObject({ code: 'endpoints.policy_assigned', groups: 1 });
    await one.put(strict.body.id, { name: 'Strict', document: blocked });
    expect((await one.get(`${one.policies}/${strict.body.id}`)).body).toMatchObject({ assigned: 1 });
    await one.change(below, { policyId: null });
    expect((await one.get(`${one.groups}/${below}`)).body).toMatchObject({ policyId: null });
    expect(await effective(below)).toMatchObject({ groupId: top });
    expect((await one.remove(`${one.policies}/${strict.body.id}`)).status).toBe(204);
    await one.remove(`${one.groups}/${below}`);
    await one.remove(`${one.groups}/${top}`);
    expect((await one.remove(`${one.policies}/${base.body.id}`)).status).toBe(204);
  });

  it('that are not the customer’s are given to no group', async () => {
    const group = (await one.group()).body.id;
    const stranger = (await desk(await plantCustomer(msp.id)).policy()).body.id;
    for (const policyId of [stranger, newId('policy', 1)]) {
      expect((await one.change(group, { policyId })).body).toMatchObject({
        code: 'endpoints.policy_unknown',
        errors: [{ pointer: '#/policyId' }],
      });
      expect((await one.group({ policyId })).body.code).toBe('endpoints.policy_unknown');
    }
  });

  it('given and deleted at once: one of both happens', async () => {
    for (let round = 0; round < 4; round++) {
      const [policy, group] = [(await one.policy()).body.id, (await one.group()).body.id];
      const [given, deleted] = await Promise.all([
        one.change(group, { policyId: policy }),
        one.remove(`${one.policies}/${policy}`),
      ]);
      expect([
        [200, 409],
        [422, 204],
      ]).toContainEqual([given.status, deleted.status]);
    }
  });

  it('keep their last 50 versions, and go with them', async () => {
    const { body } = await one.policy();
    for (let index = 0; index < keptVersions; index++) {
      const document = documentOf({ usb: { mode: index % 2 === 0 ? 'BLOCK' : 'ALLOW' } });
      expect((await one.put(body.id, { name: body.name, document })).status).toBe(200);
    }
    const at = `${one.policies}/${body.id}`;
    expect((await one.get(`${at}?version=1`)).status).toBe(404);
    expect((await one.get(`${at}?version=2`)).status).toBe(200);
    expect((await one.get(`${at}/versions?limit=100`)).body.items).toHaveLength(keptVersions);
    expect((await one.remove(at)).status).toBe(204);
  });

  it('are at most 100', async () => {
    const full = await plantCustomer(msp.id);
    const item = { ...consoleKey(full.id), kind: 'console', groups: 0, policies: 100, version: 1 };
    await commit([{ do: 'create', item }], newId('request', 1), Date.now() + 5000);
    expect((await desk(full).policy()).body).toMatchObject({
      code: 'endpoints.too_many_policies',
      most: 100,
    });
  });

  const rule = { direction: 'IN', protocol: 'TCP', ports: [], action: 'ALLOW' };
  it.each([
    ['#/document/schema', { schema: 2 }],
    ['#/document/more', { more: {} }],
    ['#/document/usb/mode', { usb: { mode: 'SOMETIMES' } }],
    [
      '#/document/updates/window/to',
      { updates: { channel: 'STABLE', window: { from: '22:00', to: '24:00' } } },
    ],
    [
      '#/document/updates/window/to',
      { updates: { channel: 'STABLE', window: { from: '22:00', to: '22:00' } } },
    ],
    ...[
      '*',
      '/',
      '/*',
      '/**',
      'C:\\',
      'c:',
      'C:\\*.*',
      '?:/',
      '\\\\',
      '%SystemDrive%\\',
      '/a/..',
      'C:\\a\\..\\',
    ].map((path): [string, Record<string, unknown>] => [
      '#/document/antivirus/exclusions/1',
      { antivirus: { ...builtInDocument.antivirus, exclusions: ['/opt/a..b', path] } },
    ]),
    [
      '#/document/antivirus/exclusions',
      { antivirus: { ...builtInDocument.antivirus, exclusions: ['/a', '/a'] } },
    ],
    [
      '#/document/antivirus/exclusions',
      {
        antivirus: {
          ...builtInDocument.antivirus,
          exclusions: Array.from({ length: 51 }, (_, at) => `/${at}`),
        },
      },
    ],
    ['#/document/firewall/rules', { firewall: { enabled: true, rules: Array(51).fill(rule) } }],
    [
      '#/document/firewall/rules/0/ports/0/to',
      { firewall: { enabled: true, rules: [{ ...rule, ports: [{ from: 90, to: 80 }] }] } },
    ],
    [
      '#/document/firewall/rules/0/ports',
      { firewall: { enabled: true, rules: [{ ...rule, protocol: 'ICMP', ports: [{ from: 1, to: 2 }] }] } },
    ],
  ])('name %s in a refusal of %j', async (pointer, part) => {
    const answer = await one.policy({ document: { ...documentOf(), ...part } });
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((wrong: { pointer: string }) => wrong.pointer)).toContain(pointer);
  });

  it('are read by operators, and changed by administrators alone', async () => {
    const operator = desk(customer, await enlist(customer.id, ['CUSTOMER_OPERATOR']));
    const { body } = await one.policy();
    expect((await operator.get(`${one.policies}/${body.id}`)).status).toBe(200);
    expect((await operator.policy()).status).toBe(403);
    expect((await operator.put(body.id, { name: 'X', document: blocked })).status).toBe(403);
    expect((await operator.remove(`${one.policies}/${body.id}`)).status).toBe(403);
  });
});

describe('the policy of a group', () => {
  it('is that of the nearest group upwards that is given one, on every tree', () => {
    const trees = fc.array(
      fc.record({ parent: fc.nat(), policy: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: null }) }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(trees, fc.constantFrom(null, 'a'), (made, top) => {
        const groups: MachineGroup[] = [{ ...defaultGroup, policyId: top }];
        for (const [index, { parent, policy }] of made.entries()) {
          const above = groups[parent % groups.length];
          groups.push({ ...defaultGroup, id: `g${index}`, parentId: above?.id ?? null, policyId: policy });
        }
        const policies = ['a', 'b', 'c'].map((id, index) => ({
          id,
          version: index + 1,
          document: builtInDocument,
        }));
        const expected = new Map<string, { policyId: string | null; groupId: string | null }>();
        for (const { id, parentId, policyId } of groups) {
          const above = expected.get(parentId ?? '') ?? { policyId: null, groupId: null };
          expected.set(id, policyId === null ? above : { policyId, groupId: id });
        }
        const shuffled = [...groups].reverse();
        for (const { id } of groups)
          expect(effectivePolicy(shuffled, policies, id)).toMatchObject(expected.get(id) ?? {});
      }),
      { numRuns: 200 },
    );
  });
});
