import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commit } from '../../lib/aws/db.ts';
import { accessSessionKey } from '../../lib/kit/keys.ts';
import { mover } from '../customers/moving.ts';
import { announcedBy, deliver, react } from '../kit/deliver.ts';
import { type Branch, plantDirectly, plantReseller } from '../kit/forest.ts';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { call, enlist, type Msp, makeMsp } from '../kit/world.ts';
import { deskOf, newDesk, wish } from './desk.ts';

let msp: Msp;
let one: Branch;
let two: Branch;
let mailbox: Mailbox;
beforeAll(async () => {
  mailbox = await openMailbox();
  msp = await makeMsp();
  one = await plantReseller(msp);
  two = await plantReseller(msp);
});
afterAll(() => mailbox.close());

const refused = { status: 401, body: { code: 'access.session_refused' } };
const put = (key: object, set: Record<string, unknown>) =>
  commit([{ do: 'amend', key: key as never, set, where: {} }], crypto.randomUUID(), Date.now() + 5000);

/** A customer of the first reseller, whose administrator decides. */
async function deskBelow(branch: Branch) {
  const { id } = await plantDirectly(msp.catalog, { parentId: branch.id });
  return deskOf(msp, { id, admin: await enlist(id, ['CUSTOMER_ADMINISTRATOR']) });
}

const seen = async (desk: Awaited<ReturnType<typeof deskBelow>>) =>
  (await call(`GET ${desk.path}/access`, { as: desk.admin })).body;

describe('what is given to one organization', () => {
  it('counts for its people alone, and says to whom; what another asks for takes its place once approved', async () => {
    const desk = await deskBelow(one);
    await desk.asks({}, one.admin);
    const asked = await seen(desk);
    expect(asked.askedBy).toMatchObject({
      person: { id: one.admin.person, name: expect.stringMatching(/./) },
      organization: { id: one.id, name: expect.stringMatching(/./) },
    });
    const approved = await desk.decides({ decision: 'APPROVE' });
    expect(approved.body.givenTo).toEqual(asked.askedBy.organization);
    const { token } = (await desk.open({}, one.admin)).body;
    expect((await desk.reads(token, one.admin)).status).toBe(200);
    expect((await desk.open()).body.code).toBe('access.not_given');
    // Less is not taken from another's: it is asked for as anything else.
    expect((await desk.asks({ mostMinutes: 10 })).body).toMatchObject({
      given: { mostMinutes: 60 },
      givenTo: { id: one.id },
      asked: { mostMinutes: 10 },
      askedBy: { organization: { id: msp.id } },
    });
    expect((await desk.reads(token, one.admin)).status).toBe(200);
    expect((await desk.decides({ decision: 'APPROVE' })).body.givenTo.id).toBe(msp.id);
    expect(await desk.reads(token, one.admin)).toMatchObject(refused);
    expect((await desk.open({}, one.admin)).body.code).toBe('access.not_given');
    expect((await desk.open({ minutes: 10 })).status).toBe(201);
  });

  it('does not follow the customer to another: it has ended, is told, and nothing asked before can be approved', async () => {
    const desk = await deskBelow(one);
    await desk.asks({}, one.admin);
    await desk.decides({ decision: 'APPROVE' });
    const { token, id } = (await desk.open({}, one.admin)).body;
    await desk.asks({ mostMinutes: 20, endsInDays: 300 }, one.admin);
    await deliver(desk.id);
    expect((await mover(msp)(desk.id, two.id)).status).toBe(202);
    const ended = { state: 'ENDED', counts: false, given: null, givenTo: null, asked: null };
    expect(await seen(desk)).toMatchObject(ended);
    expect((await desk.open({}, two.admin)).body.code).toBe('access.not_given');
    expect((await desk.decides({ decision: 'APPROVE' })).body.code).toBe('access.nothing_asked');
    expect((await desk.reads(token, one.admin)).status).toBe(401);
    const shown = await call(`GET ${desk.path}/access-sessions/${id}`, { as: desk.admin });
    expect(shown.body.state).toBe('MOVED');
    const before = mailbox.to(desk.admin.email).length;
    await deliver(desk.id);
    for (const event of await announcedBy(desk.id)) await react(event);
    const mails = mailbox.to(desk.admin.email).slice(before);
    expect(mails.map(({ text }) => text).join()).toContain('does not stand below that organization any more');
    expect(await seen(desk)).toMatchObject(ended);
    const moved = (await announcedBy(desk.id)).filter(
      ({ type, data }) => type === 'access.changed.v1' && (data as { change: string }).change === 'MOVED',
    );
    expect(moved).toHaveLength(1);
    // Asked anew it is the other's, whom it was given to.
    await desk.asks({}, two.admin);
    expect((await desk.decides({ decision: 'APPROVE' })).body.givenTo.id).toBe(two.id);
    expect((await desk.open({}, two.admin)).status).toBe(201);
  });

  it('of the provider stays the provider’s, wherever below it the customer stands', async () => {
    const desk = await deskBelow(one);
    await desk.gives();
    expect((await mover(msp)(desk.id, two.id)).status).toBe(202);
    await deliver(desk.id);
    expect(await seen(desk)).toMatchObject({ state: 'GIVEN', counts: true, givenTo: { id: msp.id } });
    expect((await desk.open()).status).toBe(201);
    for (const { admin } of [one, two]) expect((await desk.open({}, admin)).status).not.toBe(201);
  });

  it('ends below a reseller that leaves its own, too', async () => {
    const own = await plantReseller(msp, one.id);
    const desk = await deskBelow(own);
    await desk.asks({}, one.admin);
    await desk.decides({ decision: 'APPROVE' });
    expect((await mover(msp)(own.id, two.id)).status).toBe(202);
    expect(await seen(desk)).toMatchObject({ state: 'ENDED' });
    await deliver(own.id);
    await deliver(desk.id);
    expect(mailbox.to(desk.admin.email).at(-1)?.text).toContain('any more');
  });
});

describe('who asks', () => {
  it('stands in the mail with organization, person, roles, minutes, approval and end', async () => {
    const desk = await deskBelow(one);
    await desk.asks({ mostMinutes: 25, approval: 'EACH' }, one.admin);
    await deliver(desk.id);
    const { askedBy, asked } = await seen(desk);
    const mail = mailbox.to(desk.admin.email).at(-1);
    for (const said of [
      ...[askedBy.person.name, askedBy.organization.name, 'administrator', '25 minutes'],
      ...['approve each session', asked.endsAt],
    ])
      expect(mail?.text).toContain(said);
  });

  it('is what is approved: never whatever stands there', async () => {
    const desk = await deskBelow(one);
    await desk.asks({}, one.admin);
    const approve = (tag: string) =>
      call(`POST ${desk.path}/access/decision`, {
        as: desk.admin,
        body: { decision: 'APPROVE' },
        headers: { 'if-match': tag },
      });
    const { etag } = (await call(`GET ${desk.path}/access`, { as: desk.admin })).headers;
    expect(await approve('*')).toMatchObject({ status: 428, body: { code: 'precondition.required' } });
    await desk.asks({});
    expect((await approve(etag ?? '')).status).toBe(412);
  });
});

describe('what is shown of a session', () => {
  it('is what holds after less was given: its roles, minutes, end and state', async () => {
    const desk = await newDesk(msp);
    const both = ['CUSTOMER_ADMINISTRATOR', 'CUSTOMER_OPERATOR'];
    const { id, token, startsAt } = (await desk.open({ roles: both, minutes: 60 })).body;
    const shown = async () => (await call(`GET ${desk.path}/access-sessions/${id}`, { as: desk.admin })).body;
    await desk.narrow({ roles: ['CUSTOMER_OPERATOR'], mostMinutes: 20 });
    const endsAt = new Date(Date.parse(startsAt) + 20 * 60_000).toISOString();
    const cut = { state: 'OPEN', roles: ['CUSTOMER_OPERATOR'], minutes: 20, endsAt };
    expect(await shown()).toMatchObject(cut);
    const list = await call(`GET ${desk.path}/access-sessions`, { as: desk.admin });
    expect(list.body.items[0]).toMatchObject(cut);
    const read = await desk.reads(token);
    expect(read.headers['quartermaster-session']).toBe(`${id}; ends=${endsAt}`);
    const past = new Date(Date.now() - 21 * 60_000).toISOString();
    await put(accessSessionKey(desk.id, id), { startsAt: past });
    expect(await desk.reads(token)).toMatchObject(refused);
    expect((await shown()).state).toBe('EXPIRED');
    expect((await shown()).endsAt <= new Date().toISOString()).toBe(true);
    const other = (await desk.open({ roles: ['CUSTOMER_OPERATOR'], minutes: 10 })).body;
    await desk.narrow({ roles: ['CUSTOMER_OPERATOR'], mostMinutes: 20, approval: 'EACH' });
    const view = await call(`GET ${desk.path}/access-sessions/${other.id}`, { as: desk.admin });
    expect(view.body.state).toBe('REVOKED');
  });
});

describe('what is told of a token that did not count', () => {
  const refusals = async (customerId: string) =>
    (await announcedBy(customerId))
      .filter(({ type }) => type === 'access.session_refused.v1')
      .map(({ data }) => (data as { why: string }).why);

  it('is nothing of a program that goes on when its time is over', async () => {
    const desk = await newDesk(msp);
    const { id, token } = (await desk.open()).body;
    await put(accessSessionKey(desk.id, id), { endsAt: new Date(Date.now() - 1).toISOString() });
    expect(await desk.reads(token)).toMatchObject(refused);
    expect(await refusals(desk.id)).toEqual([]);
    await desk.reads(token, msp.system);
    expect(await refusals(desk.id)).toEqual(['ANOTHER_PERSON']);
  });

  it.each([
    ['WRONG_SECRET', async () => undefined, 'with a wrong secret'],
    ['ENDED', (desk, id) => desk.end(id), 'had been ended'],
    ['REVOKED', (desk) => desk.decides({ decision: 'REVOKE' }), 'had been taken back'],
    ['MOVED', (desk) => mover(msp)(desk.id, two.id), 'had been moved'],
  ] as [string, (desk: Awaited<ReturnType<typeof newDesk>>, id: string) => Promise<unknown>, string][])(
    'is what happened: %s',
    async (why, happens, said) => {
      const desk = await deskBelow(one);
      await desk.gives();
      const { id, token } = (await desk.open()).body;
      await happens(desk, id);
      const flipped = token.endsWith('A') ? 'B' : 'A';
      const used = why === 'WRONG_SECRET' ? token.slice(0, -2) + flipped + token.slice(-1) : token;
      expect(await desk.reads(used)).toMatchObject(refused);
      expect(await refusals(desk.id)).toEqual([why]);
      await deliver(desk.id);
      expect(
        mailbox
          .to(desk.admin.email)
          .map(({ text }) => text)
          .join(),
      ).toContain(said);
    },
  );
});

it('a wish is narrowed at once by the organization that has it alone', async () => {
  const desk = await deskBelow(one);
  await desk.asks({}, one.admin);
  await desk.decides({ decision: 'APPROVE' });
  const less = await desk.asks({ mostMinutes: 15 }, one.admin);
  expect(less.body).toMatchObject({ given: { ...wish({ mostMinutes: 15 }) }, asked: null });
});
