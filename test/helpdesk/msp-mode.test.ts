import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { commit, page } from '../../lib/aws/db.ts';
import { notEnabled } from '../../lib/helpdesk/problems.ts';
import { envelopesOf } from '../../lib/kit/event.ts';
import { partition, settingsKey } from '../../lib/kit/keys.ts';
import { Problem } from '../../lib/kit/problem.ts';
import { type Caller, call, enableMspMode, type Msp, makeMsp } from '../kit/world.ts';

const mode = async (msp: Msp) => (await call('GET /v1/msp-mode', { as: msp.reader })).body;
const eligibility = async (msp: Msp) => (await call('GET /v1/msp-mode/eligibility', { as: msp.reader })).body;
const post = (path: string, as: Caller, body?: unknown) =>
  call(`POST ${path}`, { as, ...(body === undefined ? {} : { body }) });
const person = (name: string) => ({ name, email: `${name}@outside.example.com` });

const more = (body: { name: string; email?: string }) =>
  body.email === undefined ? { ...body, name: 'Others' } : { ...body, email: 'second@outside.example.com' };

describe('eligibility', () => {
  it('walks the five questions in order, each with its source', async () => {
    const msp = await makeMsp();
    const walked = await eligibility(msp);
    expect(walked).toMatchObject({ eligible: true, firstRefusal: null, enabledBy: 'HELP_DESK_TICKET' });
    expect(walked.questions.map((one: { answer: string }) => one.answer)).toEqual([
      'YES',
      'YES',
      'YES',
      'YES',
      'SAAS',
    ]);
    expect(walked.questions.map((one: { source: string }) => one.source)).toEqual([
      `/v1/providers/${msp.id}#/servesSeveralCompanies`,
      `/v1/providers/${msp.id}#/installation`,
      '/v1/msp-mode#/externalUsers',
      '/v1/msp-mode#/collaboratorGroups',
      `/v1/providers/${msp.id}#/hosting`,
    ]);
  });

  it('names the first refusal, and goes on to answer the rest', async () => {
    const msp = await makeMsp({ installation: 'UPGRADED', hosting: 'ON_PREMISES' });
    await post('/v1/external-users', msp.system, person('one'));
    await post('/v1/external-users', msp.system, person('two'));
    await post('/v1/collaborator-groups', msp.system, { name: 'Friends' });
    const walked = await eligibility(msp);
    expect(walked).toMatchObject({
      eligible: false,
      firstRefusal: { question: 'FRESH_INSTALLATION' },
      enabledBy: 'SYSTEM_ADMINISTRATOR',
    });
    expect(walked.questions.map((one: { answer: string }) => one.answer)).toEqual([
      'YES',
      'NO',
      'NO',
      'NO',
      'ON_PREMISES',
    ]);
    expect(walked.questions[2].reason).toBe('2 external users exist; remove them first.');
    expect(walked.questions[3].reason).toBe('1 collaborator group exists; remove it first.');
  });
});

describe('on premises', () => {
  it('is enabled by the system administrator, after a look at the effects', async () => {
    const msp = await makeMsp({ hosting: 'ON_PREMISES' });
    expect((await post('/v1/msp-mode/enable', msp.catalog)).status).toBe(403);
    const dry = await post('/v1/msp-mode/enable?dryRun=true', msp.system);
    expect(dry.body.effects.length).toBeGreaterThan(3);
    expect(await mode(msp)).toMatchObject({ state: 'DISABLED', effects: dry.body.effects });
    const done = await post('/v1/msp-mode/enable', msp.system);
    expect(done).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    expect(await mode(msp)).toMatchObject({ state: 'ENABLED', ticketId: null });
    expect((await post('/v1/msp-mode/enable', msp.system)).body.code).toBe('msp_mode.already_enabled');
  });

  it('passes the same checks', async () => {
    const upgraded = await makeMsp({ hosting: 'ON_PREMISES', installation: 'UPGRADED' });
    expect((await post('/v1/msp-mode/enable', upgraded.system)).body).toMatchObject({
      code: 'msp_mode.not_eligible',
      question: 'FRESH_INSTALLATION',
    });
    const hosted = await makeMsp();
    expect((await post('/v1/msp-mode/enable', hosted.system)).body.code).toBe('msp_mode.only_by_ticket');
  });

  it('heeds an If-Match that was sent', async () => {
    const msp = await makeMsp({ hosting: 'ON_PREMISES' });
    for (const verb of ['enable', 'disable']) {
      const answer = await call(`POST /v1/msp-mode/${verb}`, {
        as: msp.system,
        headers: { 'if-match': '"9"' },
      });
      expect(answer.status).toBe(412);
    }
  });
});

describe('switching off', () => {
  it('is possible only while no customer exists', async () => {
    const msp = await makeMsp();
    expect((await post('/v1/msp-mode/disable', msp.system)).body.code).toBe('msp_mode.not_enabled');
    await enableMspMode(msp);
    const customers = (add: number) =>
      commit(
        [
          {
            do: 'adjust',
            key: settingsKey(msp.id, 'MSP_MODE'),
            add: { customers: add, version: 1 },
            short: new Problem(notEnabled),
          },
        ],
        randomUUID(),
        Date.now() + 5000,
      );
    await customers(1);
    expect((await post('/v1/msp-mode/disable', msp.system)).body).toMatchObject({
      code: 'msp_mode.customers_exist',
      customers: 1,
    });
    await customers(-1);
    const dry = await post('/v1/msp-mode/disable?dryRun=true', msp.system);
    expect(dry.body.effects.map((one: { code: string }) => one.code)).toContain('CUSTOMERS_UNAVAILABLE');
    expect((await mode(msp)).state).toBe('ENABLED');
    expect((await post('/v1/msp-mode/disable', msp.system)).body.mspMode.state).toBe('DISABLED');
    expect((await post('/v1/external-users', msp.system, person('again'))).status).toBe(201);
  });
});

describe.each([
  ['external-users', 'external_users', 'address_taken', 'ext', 'EXTERNAL_USERS', person('guest')],
  [
    'collaborator-groups',
    'collaborator_groups',
    'name_taken',
    'cgr',
    'COLLABORATOR_GROUPS',
    { name: 'Friends', members: ['a@x.example.com', 'b@x.example.com'] },
  ],
] as const)('%s', (path, code, taken, prefix, question, body) => {
  const nothing = `${prefix}_00000000000000000000000000`;

  it('are created, read, listed and deleted', async () => {
    const [msp, other] = [await makeMsp(), await makeMsp()];
    const made = await post(`/v1/${path}`, msp.catalog, body);
    expect(made).toMatchObject({ status: 201, headers: { etag: '"1"' }, body });
    expect((await post(`/v1/${path}`, msp.catalog, body)).body.code).toBe(`${code}.${taken}`);
    const second = await post(`/v1/${path}`, msp.catalog, more(body));
    expect(second.status).toBe(201);
    const one = `/v1/${path}/${made.body.id}`;
    expect(await call(`GET ${one}`, { as: msp.reader })).toMatchObject({
      headers: { etag: '"1"' },
      body: made.body,
    });
    const first = (await call(`GET /v1/${path}?limit=1`, { as: msp.reader })).body;
    expect(first.items).toEqual([made.body]);
    const next = (await call(`GET /v1/${path}?limit=1&cursor=${first.nextCursor}`, { as: msp.reader })).body;
    expect(next.items).toEqual([second.body]);

    for (const missing of [`GET ${one}`, `DELETE ${one}`]) {
      const answer = await call(missing, { as: other.system, headers: { 'if-match': '*' } });
      expect(answer.status).toBe(404);
    }
    const none = await call(`GET /v1/${path}/${nothing}`, { as: msp.reader });
    expect(none.status).toBe(404);
    expect((await call(`DELETE ${one}`, { as: msp.catalog })).status).toBe(428);
    const stale = await call(`DELETE ${one}`, { as: msp.catalog, headers: { 'if-match': '"2"' } });
    expect(stale.status).toBe(412);
    const gone = await call(`DELETE ${one}`, { as: msp.catalog, headers: { 'if-match': '"1"' } });
    expect(gone.status).toBe(204);
    expect((await call(`GET ${one}`, { as: msp.reader })).status).toBe(404);
    expect((await post(`/v1/${path}`, msp.catalog, body)).status).toBe(201);
    expect((await post(`/v1/${path}`, msp.reader, body)).status).toBe(403);
  });

  it('exclude MSP mode, and MSP mode excludes them', async () => {
    const msp = await makeMsp();
    const ticket = await post('/v1/tickets', msp.system, {
      kind: 'MSP_MODE',
      subject: 'MSP mode',
      description: 'Please',
    });
    const made = await post(`/v1/${path}`, msp.catalog, body);
    const approve = () =>
      call(`POST /v1/tickets/${ticket.body.id}/approve`, { as: msp.handler, headers: { 'if-match': '"1"' } });
    expect((await approve()).body).toMatchObject({
      code: 'msp_mode.not_eligible',
      question: `NO_${question}`,
    });
    await call(`DELETE /v1/${path}/${made.body.id}`, { as: msp.catalog, headers: { 'if-match': '*' } });
    expect((await approve()).status).toBe(200);
    expect((await post(`/v1/${path}`, msp.catalog, body)).body.code).toBe(`${code}.refused_in_msp_mode`);
  });
});

describe('bad input', () => {
  it.each([
    ['external-users', 'email', { name: 'A', email: 'a@x.example.com, b@x.example.com' }],
    ['external-users', 'name', { name: 'see https://x.example.com', email: 'a@x.example.com' }],
    ['external-users', 'role', { ...person('x'), role: 'ADMIN' }],
    ['collaborator-groups', 'members', { name: 'A', members: ['a@x.example.com', 'A@x.example.com'] }],
    ['collaborator-groups', 'members/0', { name: 'A', members: ['nobody'] }],
    ['collaborator-groups', 'name', { name: ' ' }],
  ])('%s: names %s', async (path, field, body) => {
    const msp = await makeMsp();
    expect(await post(`/v1/${path}`, msp.system, body)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: `#/${field}` }] },
    });
    expect((await call(`GET /v1/${path}`, { as: msp.system })).body.items).toEqual([]);
  });
});

describe('what is recorded', () => {
  it('stands in the provider’s audit and is announced as the provider’s', async () => {
    const msp = await makeMsp();
    await enableMspMode(msp);
    const { items } = await page({ index: 'tree', partition: partition(msp.id, 'AUDIT'), limit: 50 });
    expect(items.map(({ action }) => action)).toEqual([
      'providers.create',
      'tickets.raise',
      'tickets.approve',
    ]);
    const whole = await page({ partition: partition(msp.id, 'AUDIT'), limit: 50 });
    const approval = whole.items.at(-1) ?? {};
    expect(approval).toMatchObject({
      actor: { id: msp.handler.person },
      before: { state: 'OPEN', mspMode: { state: 'REQUESTED' } },
      after: { state: 'APPROVED', mspMode: { state: 'ENABLED' }, effects: expect.any(Array) },
    });
    const events = envelopesOf(approval);
    expect(events).toMatchObject([
      { type: 'helpdesk.ticket_decided.v1', tenant: { providerId: msp.id } },
      { type: 'helpdesk.msp_mode_enabled.v1', subject: msp.id, tenant: { providerId: msp.id } },
    ]);
  });
});
