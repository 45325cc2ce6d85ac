import { beforeAll, describe, expect, it } from 'vitest';
import { commit } from '../../lib/aws/db.ts';
import { memberKey, nodeKey } from '../../lib/kit/keys.ts';
import { announcedBy } from '../kit/deliver.ts';
import { plantCustomer } from '../kit/plant.ts';
import { call, enlist, type Msp, makeMsp } from '../kit/world.ts';
import { deskOf, inDays, newDesk, somebody, wish } from './desk.ts';

let msp: Msp;
beforeAll(async () => {
  msp = await makeMsp();
});

const put = (key: object, set: Record<string, unknown>) =>
  commit([{ do: 'amend', key: key as never, set, where: {} }], crypto.randomUUID(), Date.now() + 5000);

const refused = { status: 401, body: { code: 'access.session_refused' } };

describe('what a customer gives', () => {
  it('is asked for by the partner, given by its administrator, and seen by both', async () => {
    const desk = deskOf(msp, await plantCustomer(msp.id));
    const asked = await desk.asks();
    expect(asked).toMatchObject({ status: 200, body: { state: 'ASKED', given: null, counts: false } });
    expect(await desk.open()).toMatchObject({ status: 409, body: { code: 'access.not_given' } });
    expect(await desk.decides({ decision: 'APPROVE' })).toMatchObject({
      body: { state: 'GIVEN', counts: true, givenBy: 'CUSTOMER', asked: null },
    });
    for (const as of [msp.reader, desk.admin])
      expect((await call(`GET ${desk.path}/access`, { as })).body).toMatchObject({
        state: 'GIVEN',
        given: { mostMinutes: 60 },
        givenTo: { id: msp.id },
        askedBy: { person: { id: msp.catalog.person }, organization: { id: msp.id } },
      });
    expect((await announcedBy(desk.id)).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['access.asked.v1', 'access.changed.v1']),
    );
  });

  it('is narrowed by either at once; more waits, whole, and the rest stays', async () => {
    const desk = await newDesk(msp, { mostMinutes: 30 });
    const more = await desk.asks({ mostMinutes: 40, roles: ['CUSTOMER_OPERATOR'] });
    expect(more.body).toMatchObject({
      state: 'GIVEN',
      given: { mostMinutes: 30 },
      asked: { mostMinutes: 40 },
    });
    expect(more.body.given.roles).toHaveLength(2);
    expect((await desk.asks({ mostMinutes: 20 })).body).toMatchObject({
      given: { mostMinutes: 20 },
      asked: null,
    });
    expect((await desk.narrow({ mostMinutes: 10 })).body).toMatchObject({ given: { mostMinutes: 10 } });
    expect(await desk.narrow({ mostMinutes: 11 })).toMatchObject({
      status: 409,
      body: { code: 'access.not_narrower' },
    });
  });

  it('refuses what is not asked, not given, out of time, or was changed since', async () => {
    const desk = deskOf(msp, await plantCustomer(msp.id));
    for (const decision of ['APPROVE', 'REFUSE'])
      expect((await desk.decides({ decision })).body.code).toBe('access.nothing_asked');
    expect((await desk.decides({ decision: 'REVOKE' })).body.code).toBe('access.nothing_given');
    expect((await desk.narrow({})).body.code).toBe('access.nothing_given');
    for (const days of [-1, 400])
      expect(await desk.asks({ endsInDays: days })).toMatchObject({
        status: 422,
        body: { code: 'access.end_out_of_range' },
      });
    await desk.gives();
    const past = await desk.decides({ decision: 'NARROW', terms: wish({ endsInDays: -1 }) });
    expect(past.body.code).toBe('access.end_out_of_range');
    const stale = { as: desk.admin, body: { decision: 'REVOKE' }, headers: { 'if-match': '"1"' } };
    expect((await call(`POST ${desk.path}/access/decision`, stale)).status).toBe(412);
    await desk.asks({ endsInDays: 300 });
    expect((await desk.decides({ decision: 'REFUSE' })).body).toMatchObject({ state: 'GIVEN', asked: null });
  });

  it('by nobody’s word but the customer’s where both manage it, and the partner’s own where it does alone', async () => {
    const desk = deskOf(msp, await plantCustomer(msp.id));
    await desk.manages('PARTNER');
    expect((await desk.asks({ approval: 'EACH' })).body).toMatchObject({
      state: 'GIVEN',
      givenBy: 'PARTNER',
    });
    const { body } = await desk.open();
    expect(body.state).toBe('OPEN');
    expect((await desk.reads(body.token)).status).toBe(200);
    expect((await desk.reads(undefined, desk.admin)).body.code).toBe('access.managed_by_partner');
    await desk.manages('BOTH');
    expect(await desk.reads(body.token)).toMatchObject(refused);
    expect((await desk.open()).body.code).toBe('access.not_given');
    expect((await desk.reads(undefined, desk.admin)).status).toBe(200);
    await desk.manages('CUSTOMER');
    expect((await desk.open()).body.code).toBe('access.customer_manages');
    expect((await desk.asks()).body.code).toBe('access.customer_manages');
  });
});

it('a customer that has decided is managed by its partner alone only once it has handed over', async () => {
  const desk = await newDesk(msp);
  expect(await desk.manages('PARTNER')).toMatchObject({
    status: 409,
    body: { code: 'licensing.needs_consent' },
  });
  await desk.decides({ decision: 'REVOKE' });
  await desk.asks();
  expect((await desk.manages('PARTNER')).status).toBe(409);
  await desk.decides({ decision: 'HAND_OVER' });
  expect((await desk.manages('PARTNER')).status).toBe(200);
});

describe('a session', () => {
  it('opens the console for its person, for its customer, with both identities in every entry', async () => {
    const desk = await newDesk(msp);
    expect(await desk.reads()).toMatchObject({ status: 403, body: { code: 'access.session_needed' } });
    const opened = await desk.open();
    expect(opened).toMatchObject({
      status: 201,
      body: { state: 'OPEN', person: { id: msp.catalog.person } },
    });
    const { token, id, endsAt } = opened.body;
    const made = await desk.changes(token);
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    expect(made.headers['quartermaster-session']).toBe(`${id}; ends=${endsAt}`);
    const path = `/v1/audit-events?customerId=${desk.id}&session=${id}`;
    for (const as of [msp.reader, desk.admin]) {
      const { body } = await call(`GET ${path}`, { as });
      expect(body.items).toHaveLength(1);
      expect(body.items[0].actor).toEqual({
        ...{ id: msp.catalog.person, kind: 'person', home: msp.id, onBehalfOf: desk.id, session: id },
        ...{ reason: 'The printer policy blocks everybody', ticket: 'INC-4711' },
      });
    }
    const whole = await call(`GET /v1/audit-events?session=${id}`, { as: msp.reader });
    expect(whole.body.items).toHaveLength(1);
    const { body } = await call(`GET ${desk.path}/access-sessions`, { as: desk.admin });
    expect(body.items).toMatchObject([
      { id, state: 'OPEN', changes: { count: 1, more: false }, audit: path },
    ]);
    expect(JSON.stringify(body)).not.toContain(token.split('.')[3]);
    // Opening stands in the customer's record and in the partner's own.
    const { body: own } = await call('GET /v1/audit-events?action=access.enter', { as: msp.reader });
    expect(own.items.filter(({ subject }: { subject: string }) => subject === id)).toHaveLength(2);
  });

  it('is shown once: the same request sent again is answered without the token', async () => {
    const desk = await newDesk(msp);
    const send = { as: msp.catalog, body: desk.entry(), key: 'the-same' };
    const first = await call(`POST ${desk.path}/access-sessions`, send);
    const again = await call(`POST ${desk.path}/access-sessions`, send);
    expect(first.body.token).toMatch(/^qas\./);
    expect(again.body).toEqual({ ...first.body, token: null });
  });

  it('is refused in one way, whatever is wrong with it', async () => {
    const desk = await newDesk(msp);
    const other = await newDesk(msp);
    const { token } = (await desk.open()).body;
    const [, customer, session, secret] = token.split('.');
    const flipped = `${secret[0] === 'A' ? 'B' : 'A'}${secret.slice(1)}`;
    const wrong = [
      '',
      'qas',
      token.slice(0, -1),
      `${token}.x`,
      `qpk.${customer}.${session}.${secret}`,
      `qas.${customer}.${session}.${flipped}`,
      `qas.${other.id}.${session}.${secret}`,
      `qas.${customer}.ses_${'7'.repeat(26)}.${secret}`,
      `Bearer ${token}`,
    ];
    const bodies = new Set<string>();
    const told = async (answer: Awaited<ReturnType<typeof desk.reads>>) => {
      expect(answer).toMatchObject(refused);
      bodies.add(JSON.stringify({ ...answer.body, requestId: '' }));
    };
    const header = (one: string) => ({ as: msp.catalog, headers: { 'quartermaster-session': one } });
    for (const one of wrong) await told(await call(`GET ${desk.path}/policies`, header(one)));
    await told(await other.reads(token));
    await told(await desk.reads(token, msp.system));
    await told(await desk.reads(token, desk.admin));
    await desk.end(session);
    await told(await desk.reads(token));
    expect(bodies.size).toBe(1);
  });

  it('is no way to another: nothing of access, members, management or money, and nothing without a customer in its path', async () => {
    const desk = await newDesk(msp);
    const { token, id } = (await desk.open()).body;
    const headers = { 'quartermaster-session': token, 'if-match': '*' };
    const as = msp.catalog;
    const tries = [
      [`POST ${desk.path}/access-sessions`, desk.entry()],
      [`POST ${desk.path}/access-sessions/${id}/end`],
      [`GET ${desk.path}/access`],
      [`PUT ${desk.path}/access`, wish()],
      [`PUT ${desk.path}/management`, { managementType: 'BOTH', communications: 'BOTH' }],
      [`POST ${desk.path}/probes`, { name: 'A probe' }],
      ['GET /v1/me'],
      ['GET /v1/customers'],
      ['GET /v1/audit-events'],
    ] as const;
    for (const [line, body] of tries)
      expect(`${line} ${(await call(line, { as, body, headers })).status}`).toBe(`${line} 403`);
    expect((await call(`GET ${desk.path}`, { as, headers })).status).toBe(200);
  });

  it('never has more than is given, nor than its person may', async () => {
    const desk = await newDesk(msp, { roles: ['CUSTOMER_OPERATOR'], mostMinutes: 10 });
    expect((await desk.open({ minutes: 10 })).body.code).toBe('access.more_than_given');
    expect((await desk.open({ roles: ['CUSTOMER_OPERATOR'], minutes: 11 })).body.code).toBe(
      'access.more_than_given',
    );
    const wide = await newDesk(msp);
    expect((await wide.open({}, msp.system)).body.code).toBe('access.more_than_own');
    const { body } = await wide.open({ roles: ['CUSTOMER_OPERATOR'] }, msp.reader);
    expect((await wide.reads(body.token, msp.reader)).status).toBe(200);
    expect((await wide.changes(body.token, msp.reader)).status).toBe(403);
    // Narrowing cuts a running one down at its next request.
    const running = (await wide.open({ roles: ['CUSTOMER_ADMINISTRATOR', 'CUSTOMER_OPERATOR'] })).body;
    expect((await wide.changes(running.token)).status).toBe(201);
    await wide.narrow({ roles: ['CUSTOMER_OPERATOR'] });
    expect((await wide.changes(running.token)).status).toBe(403);
    expect((await wide.reads(running.token)).status).toBe(200);
  });

  it('waits for the customer where each is approved; its minutes count from then', async () => {
    const desk = await newDesk(msp, { approval: 'EACH' });
    const { body } = await desk.open();
    expect(body).toMatchObject({ state: 'AWAITING', startsAt: null, endsAt: null });
    expect(await desk.reads(body.token)).toMatchObject(refused);
    const approved = await desk.answer(body.id, 'APPROVE');
    expect(approved.body).toMatchObject({ state: 'OPEN', decidedBy: desk.admin.person });
    expect(Date.parse(approved.body.endsAt) - Date.parse(approved.body.startsAt)).toBe(30 * 60_000);
    expect((await desk.reads(body.token)).status).toBe(200);
    expect((await desk.answer(body.id, 'REFUSE')).body.code).toBe('access.not_awaiting');
    const second = (await desk.open()).body;
    expect((await desk.answer(second.id, 'REFUSE')).body.state).toBe('REFUSED');
    expect(await desk.reads(second.token)).toMatchObject(refused);
    // What was opened without being asked does not outlast that each is to be.
    const standing = await newDesk(msp);
    const opened = (await standing.open()).body;
    await standing.narrow({ approval: 'EACH' });
    expect(await standing.reads(opened.token)).toMatchObject(refused);
  });

  it('is ended by its person, its company or the customer, once, and refused at its next request', async () => {
    const desk = await newDesk(msp);
    for (const by of [msp.catalog, msp.reader, desk.admin]) {
      const { id, token } = (await desk.open()).body;
      expect((await desk.reads(token)).status).toBe(200);
      expect(await desk.end(id, by)).toMatchObject({
        status: 200,
        body: { state: 'ENDED', endedBy: { id: by.person } },
      });
      expect(await desk.reads(token)).toMatchObject(refused);
      expect((await desk.end(id, by)).body.code).toBe('access.session_over');
    }
    const operator = await enlist(desk.id, ['CUSTOMER_OPERATOR']);
    const { id } = (await desk.open()).body;
    expect((await desk.end(id, operator)).status).toBe(403);
  });

  it('is over with what was given, with the membership, and with the customer where it stood', async () => {
    const desk = await newDesk(msp);
    const revoked = (await desk.open()).body;
    await desk.decides({ decision: 'REVOKE' });
    expect(await desk.reads(revoked.token)).toMatchObject(refused);
    await desk.gives();
    expect(await desk.reads(revoked.token), 'giving anew does not bring it back').toMatchObject(refused);
    expect(
      (await call(`GET ${desk.path}/access-sessions/${revoked.id}`, { as: desk.admin })).body.state,
    ).toBe('REVOKED');

    const disabled = (await desk.open()).body;
    await put(nodeKey(desk.id), { adminState: 'DISABLED' });
    expect(await desk.reads(disabled.token)).toMatchObject(refused);
    expect((await desk.open()).body.code).toBe('access.customer_disabled');
    await put(nodeKey(desk.id), { adminState: 'ENABLED' });

    const leaver = await somebody(msp, 'CATALOG_ADMINISTRATOR');
    const left = (await desk.open({}, leaver)).body;
    expect((await desk.reads(left.token, leaver)).status).toBe(200);
    await put(memberKey(msp.id, leaver.person), { roles: ['MSP_OPERATOR'] });
    expect((await desk.changes(left.token, leaver)).status).toBe(403);
    await put(memberKey(msp.id, leaver.person), { state: 'GONE' });
    expect((await desk.reads(left.token, leaver)).body.code).toBe('request.unauthenticated');
  });

  it('is one of three of a person, and of twenty of a customer', async () => {
    const desk = await newDesk(msp);
    const ids: string[] = [];
    for (let at = 0; at < 3; at++) ids.push((await desk.open()).body.id);
    expect((await desk.open()).body.code).toBe('access.too_many_sessions');
    await desk.end(ids[0] ?? '');
    expect((await desk.open()).status).toBe(201);
    const raced = await newDesk(msp);
    const answers = await Promise.all(Array.from({ length: 8 }, () => raced.open()));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
  });
});

it('misuse is kept and told once for each session and hour', async () => {
  const desk = await newDesk(msp);
  const { token, id } = (await desk.open()).body;
  await desk.reads(token, msp.system);
  await desk.reads(token, msp.reader);
  await desk.reads(`${token.slice(0, -4)}AAAA`);
  const told = (await announcedBy(desk.id)).filter(({ type }) => type === 'access.session_refused.v1');
  expect(told).toMatchObject([
    { subject: id, data: { why: 'ANOTHER_PERSON' }, actor: { id: msp.system.person } },
  ]);
  const { body } = await call('GET /v1/audit-events?action=access.refuse_session', { as: desk.admin });
  expect(body.items).toHaveLength(1);
});

it('the review names what is unused, old, over, or asked for by nobody', async () => {
  const own = await makeMsp();
  const asker = await somebody(own, 'CATALOG_ADMINISTRATOR');
  const [fine, gone] = [await newDesk(own), deskOf(own, await plantCustomer(own.id))];
  await gone.asks({}, asker);
  await gone.decides({ decision: 'APPROVE' });
  const review = async () => (await call('GET /v1/access-review', { as: own.catalog })).body.items;
  expect(await review()).toEqual([]);
  await put(memberKey(own.id, asker.person), { state: 'GONE' });
  const { accessKey } = await import('../../lib/kit/keys.ts');
  await put(accessKey(fine.id), { givenAt: inDays(-100), since: inDays(-400) });
  const found = await review();
  expect(found).toHaveLength(2);
  expect(found).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ customerId: fine.id, reasons: ['UNUSED', 'OLD'] }),
      expect.objectContaining({ customerId: gone.id, reasons: ['ASKED_BY_NOBODY'] }),
    ]),
  );
  await put(accessKey(fine.id), { endsAt: inDays(-1) });
  expect((await review())[0].reasons.concat((await review())[1].reasons)).toContain('ENDED');
  await fine.decides({ decision: 'REVOKE' });
  expect(await review()).toHaveLength(1);
});
