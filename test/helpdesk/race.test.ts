import { expect, it } from 'vitest';
import { call, makeMsp } from '../kit/world.ts';

it('never ends with an external user or a collaborator group in MSP mode', async () => {
  const ends = { enabled: 0, refused: 0 };
  for (let round = 0; round < 20; round++) {
    const msp = await makeMsp();
    const { body } = await call('POST /v1/tickets', {
      as: msp.system,
      body: { kind: 'MSP_MODE', subject: 'MSP mode', description: 'Please' },
    });
    const excluded =
      round % 2
        ? { path: '/v1/external-users', body: { name: 'Guest', email: 'guest@outside.example.com' } }
        : { path: '/v1/collaborator-groups', body: { name: 'Friends' } };
    const create = () => call(`POST ${excluded.path}`, { as: msp.catalog, body: excluded.body });
    const approve = () =>
      call(`POST /v1/tickets/${body.id}/approve`, { as: msp.handler, headers: { 'if-match': '"1"' } });
    const first = round % 4 < 2 ? [create(), approve()] : [approve(), create()].reverse();
    const [created, approved] = await Promise.all(first);
    const statuses = [created?.status, approved?.status];
    expect([
      [201, 409],
      [409, 200],
    ]).toContainEqual(statuses);
    const [mode, listed] = await Promise.all([
      call('GET /v1/msp-mode', { as: msp.reader }),
      call(`GET ${excluded.path}`, { as: msp.reader }),
    ]);
    const enabled = mode.body.state === 'ENABLED';
    expect(listed.body.items).toHaveLength(enabled ? 0 : 1);
    expect(mode.body.externalUsers + mode.body.collaboratorGroups).toBe(enabled ? 0 : 1);
    ends[enabled ? 'enabled' : 'refused']++;
  }
  expect(ends.enabled + ends.refused).toBe(20);
});

it('counts external users that are created at once', async () => {
  const msp = await makeMsp();
  const made = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      call('POST /v1/external-users', {
        as: msp.system,
        body: { name: `Guest ${index}`, email: `guest${index}@outside.example.com` },
      }),
    ),
  );
  expect(made.map(({ status }) => status)).toEqual(Array(8).fill(201));
  expect((await call('GET /v1/msp-mode', { as: msp.reader })).body.externalUsers).toBe(8);
});
