import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { commit } from '../../lib/aws/db.ts';
import { platformId } from '../../lib/kit/id.ts';
import { memberItem } from '../../lib/kit/membership.ts';
import { meanwhile } from '../kit/faults.ts';
import { type Caller, call, enableMspMode, type Msp, makeMsp } from '../kit/world.ts';

let msp: Msp;
let other: Msp;
beforeAll(async () => {
  msp = await makeMsp();
  other = await makeMsp();
});

const request = { kind: 'MSP_MODE', subject: 'MSP mode', description: 'We serve several companies.' };
const question = { kind: 'QUESTION', subject: 'Where is the invoice?', description: 'Line one\nline two' };
const raise = (as: Caller, body: unknown = question) => call('POST /v1/tickets', { as, body });
const act = (as: Caller, id: string, verb: string, more: { body?: unknown; tag?: string } = {}) =>
  call(`POST /v1/tickets/${id}/${verb}`, {
    as,
    headers: { 'if-match': more.tag ?? '*' },
    ...(more.body === undefined ? {} : { body: more.body }),
  });

describe('asking for MSP mode', () => {
  it('moves DISABLED → REQUESTED → REJECTED → REQUESTED → DISABLED → REQUESTED → ENABLED', async () => {
    const mode = async () => (await call('GET /v1/msp-mode', { as: msp.reader })).body;
    expect(await mode()).toMatchObject({ state: 'DISABLED', since: null, ticketId: null });

    const first = await raise(msp.system, request);
    expect(first).toMatchObject({ status: 201, headers: { etag: '"1"' }, body: { state: 'OPEN' } });
    expect(await mode()).toMatchObject({ state: 'REQUESTED', ticketId: first.body.id });

    const rejected = await act(msp.handler, first.body.id, 'reject', { body: { reason: 'Not yet' } });
    expect(rejected.body.ticket).toMatchObject({
      state: 'REJECTED',
      reason: 'Not yet',
      decidedBy: msp.handler.person,
    });
    expect(await mode()).toMatchObject({ state: 'REJECTED', reason: 'Not yet', ticketId: first.body.id });

    const second = await raise(msp.system, request);
    expect((await act(msp.catalog, second.body.id, 'cancel')).body.mspMode.state).toBe('DISABLED');

    const third = await raise(msp.system, request);
    const path = `POST /v1/tickets/${third.body.id}/approve`;
    const dry = await call(`${path}?dryRun=true`, { as: msp.handler, headers: { 'if-match': '"1"' } });
    expect(dry.body.effects.map((one: { code: string }) => one.code)).toContain('EXTERNAL_USERS_REFUSED');
    expect((await mode()).state).toBe('REQUESTED');
    const approved = await call(path, { as: msp.handler, headers: { 'if-match': '"1"' } });
    expect(approved.body).toEqual({
      ...dry.body,
      ticket: { ...dry.body.ticket, decidedAt: expect.any(String) },
      mspMode: { ...dry.body.mspMode, since: expect.any(String) },
    });
    expect(approved.headers.etag).toBe('"2"');
    expect(await mode()).toMatchObject({ state: 'ENABLED', ticketId: third.body.id, reason: null });
    expect((await raise(msp.system, request)).body.code).toBe('msp_mode.already_enabled');
  });

  it('allows one open request', async () => {
    const one = await makeMsp();
    const { body } = await raise(one.catalog, request);
    const again = await raise(one.catalog, request);
    expect(again.body).toMatchObject({ code: 'msp_mode.already_requested', ticketId: body.id });
  });

  it('allows one open request also when two are raised at once', async () => {
    const one = await makeMsp();
    const both = await Promise.all([raise(one.catalog, request), raise(one.system, request)]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it.each([
    [{ installation: 'UPGRADED' }, 'msp_mode.not_eligible', 'FRESH_INSTALLATION'],
    [{ servesSeveralCompanies: false }, 'msp_mode.not_eligible', 'SERVES_SEVERAL_COMPANIES'],
    [{ hosting: 'ON_PREMISES' }, 'msp_mode.only_by_administrator', undefined],
  ])('refuses %o with %s', async (profile, code, asked) => {
    const one = await makeMsp(profile);
    const { body } = await raise(one.system, request);
    expect(body).toMatchObject({ status: 409, code });
    expect(body.question).toBe(asked);
  });

  it('checks the preconditions again when it is approved', async () => {
    const one = await makeMsp();
    const { body } = await raise(one.system, request);
    await call(`PATCH /v1/providers/${one.id}`, {
      as: one.system,
      body: { servesSeveralCompanies: false },
      headers: { 'if-match': '*' },
    });
    const refused = await act(one.handler, body.id, 'approve');
    expect(refused.body).toMatchObject({
      code: 'msp_mode.not_eligible',
      question: 'SERVES_SEVERAL_COMPANIES',
    });
    expect((await act(one.handler, body.id, 'reject', { body: { reason: 'One company' } })).status).toBe(200);
  });
});

describe('deciding', () => {
  it('approves a question without any effect', async () => {
    const { body } = await raise(other.catalog);
    expect((await act(other.handler, body.id, 'approve')).body).toMatchObject({
      ticket: { state: 'APPROVED' },
      mspMode: null,
      effects: [],
    });
    expect((await act(other.handler, body.id, 'approve')).body.code).toBe('tickets.not_open');
    const reason = { body: { reason: 'No' } };
    expect((await act(other.handler, body.id, 'reject', reason)).body.code).toBe('tickets.not_open');
    expect((await act(other.catalog, body.id, 'cancel')).body.code).toBe('tickets.not_open');
  });

  it('rejects and cancels a question', async () => {
    const [one, two] = [await raise(other.catalog), await raise(other.catalog)];
    const rejected = await act(other.handler, one.body.id, 'reject', { body: { reason: 'No' } });
    expect(rejected.body.ticket).toMatchObject({ state: 'REJECTED', reason: 'No' });
    expect((await act(other.system, two.body.id, 'cancel')).body.ticket.state).toBe('CANCELLED');
  });

  it('binds to the version that the decider saw', async () => {
    const { body } = await raise(other.catalog);
    const reason = { reason: 'No' };
    for (const [as, verb, more] of [
      [other.handler, 'approve', {}],
      [other.handler, 'reject', { body: reason }],
      [other.catalog, 'cancel', {}],
    ] as const) {
      expect((await act(as, body.id, verb, { ...more, tag: '"9"' })).status).toBe(412);
      const bare = await call(`POST /v1/tickets/${body.id}/${verb}`, { as, ...more });
      expect(bare.status).toBe(428);
    }
    expect((await call(`GET /v1/tickets/${body.id}`, { as: other.catalog })).body.state).toBe('OPEN');
  });

  it('is nobody’s on their own request, whatever roles they hold', async () => {
    const { body } = await raise(other.catalog);
    const { person } = other.catalog;
    const both: Caller = { ...other.handler, person };
    const held = {
      personId: person,
      name: 'Both',
      email: other.catalog.email,
      version: 1,
      createdAt: body.requestedAt,
    };
    const item = memberItem({ ...held, nodeId: platformId, roles: ['HELP_DESK_HANDLER'] });
    await commit([{ do: 'create', item }], randomUUID(), Date.now() + 5000);
    expect((await act(both, body.id, 'approve')).body.code).toBe('tickets.own_request');
    const reason = { body: { reason: 'No' } };
    expect((await act(both, body.id, 'reject', reason)).body.code).toBe('tickets.own_request');
  });

  it('decides once when approve, reject and cancel meet', async () => {
    const one = await makeMsp();
    const { body } = await raise(one.system, request);
    const answers = await Promise.all([
      act(one.handler, body.id, 'approve'),
      act(one.handler, body.id, 'reject', { body: { reason: 'No' } }),
      act(one.system, body.id, 'cancel'),
    ]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'tickets.not_open')).toHaveLength(2);
  });

  it('decides once where another decides between look and write', async () => {
    const { body } = await raise(other.catalog);
    meanwhile('TransactWriteItems', () => act(other.handler, body.id, 'reject', { body: { reason: 'No' } }));
    expect((await act(other.handler, body.id, 'approve')).body.code).toBe('tickets.not_open');
    expect((await call(`GET /v1/tickets/${body.id}`, { as: other.catalog })).body.state).toBe('REJECTED');
  });

  it('belongs to the help desk', async () => {
    const { body } = await raise(other.catalog);
    expect((await act(other.system, body.id, 'approve')).status).toBe(403);
    expect((await act(other.operator, body.id, 'approve')).status).toBe(403);
    expect((await act(other.handler, body.id, 'cancel')).status).toBe(403);
    expect((await raise(other.reader)).status).toBe(403);
  });
});

describe('seeing tickets', () => {
  it('lists a provider’s own, newest first, and all for the help desk', async () => {
    const one = await makeMsp();
    await enableMspMode(one);
    const made = [await raise(one.catalog), await raise(one.catalog)].map(({ body }) => body.id as string);
    await act(one.catalog, made[0] ?? '', 'cancel');
    const list = async (as: Caller, query: string) => (await call(`GET /v1/tickets?${query}`, { as })).body;
    const ids = ({ items }: { items: { id: string }[] }) => items.map(({ id }) => id);
    const own = await list(one.reader, 'limit=2');
    expect(ids(own)).toEqual([made[1], made[0]]);
    const rest = await list(one.reader, `limit=2&cursor=${own.nextCursor}`);
    expect(rest.items).toMatchObject([{ kind: 'MSP_MODE', state: 'APPROVED', providerId: one.id }]);
    expect(ids(await list(one.reader, 'state=OPEN'))).toEqual([made[1]]);
    const all = await list(one.handler, 'limit=100');
    expect(ids(all)).toEqual(expect.arrayContaining(made));
    expect(ids(await list(one.handler, 'state=CANCELLED&limit=100'))).toContain(made[0]);
    expect(ids(await list(one.handler, 'state=OPEN&limit=100'))).not.toContain(made[0]);
  });

  it('hides tickets of others, exactly as if there were none', async () => {
    const { body } = await raise(other.catalog);
    const nothing = 'tic_00000000000000000000000000';
    const seen = await Promise.all([
      call(`GET /v1/tickets/${body.id}`, { as: msp.system }),
      call(`GET /v1/tickets/${nothing}`, { as: msp.system }),
      act(msp.system, body.id, 'cancel'),
      act(msp.handler, nothing, 'approve'),
      act(msp.handler, nothing, 'reject', { body: { reason: 'No' } }),
      act(msp.system, nothing, 'cancel'),
    ]);
    const plain = seen.map((one) => ({ ...one.body, requestId: '' }));
    for (const one of plain) expect(one).toEqual(plain[0]);
    expect(plain[0]?.status).toBe(404);
    expect((await call(`GET /v1/tickets/${body.id}`, { as: msp.operator })).body).toEqual(body);
  });

  it.each([
    ['kind', { ...question, kind: 'WISH' }],
    ['subject', { ...question, subject: 'a\r\nBcc: b@example.com' }],
    ['subject', { ...question, subject: 'x'.repeat(121) }],
    ['description', { ...question, description: '' }],
    ['description', { ...question, description: '\u202e' }],
    ['priority', { ...question, priority: 1 }],
  ])('names the wrong field %s', async (field, body) => {
    const answer = await raise(msp.catalog, body);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: `#/${field}` }] } });
  });
});
