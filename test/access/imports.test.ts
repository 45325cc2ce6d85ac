import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { each, get } from '../../lib/aws/db.ts';
import { accessKey, managementKey, partition } from '../../lib/kit/keys.ts';
import { listen, measure } from '../kit/cost.ts';
import { announcedBy, deliver, react } from '../kit/deliver.ts';
import { type Mailbox, openMailbox, throttled } from '../kit/mailbox.ts';
import { addCustomer, call, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import {
  type Account,
  asked,
  askFor,
  importAt,
  look,
  makeAccount,
  pathOf,
  reply,
  terms,
  tokenIn,
} from './import-scene.ts';

let msp: Msp;
let other: Msp;
let mailbox: Mailbox;

beforeAll(async () => {
  listen();
  mailbox = await openMailbox();
  [msp, other] = await Promise.all([makeMsp(), makeMsp()]);
  await Promise.all([ensureMspMode(msp), ensureMspMode(other)]);
});
afterAll(() => {
  vi.useRealTimers();
  mailbox.close();
});

const ask = (account: Account, more = {}) => asked({ partner: msp.catalog, account, mailbox }, more);
const actionsAt = async (nodeId: string) => {
  const out: Record<string, unknown>[] = [];
  for await (const item of each({ partition: partition(nodeId, 'AUDIT'), limit: 200, consistent: true })) {
    out.push(item);
  }
  return out;
};

describe('an import', () => {
  it('is mailed, shown, confirmed by its administrator, and joins both on the terms shown', async () => {
    const account = await makeAccount();
    const { id, token } = await ask(account, { message: 'We spoke on Monday.' });
    expect(await importAt(msp.reader, id)).toMatchObject({ state: 'PENDING', customerId: null, round: 1 });
    expect((await call(`GET /v1/customers/${account.id}`, { as: msp.catalog })).status).toBe(404);

    const shown = await look(token);
    expect(shown.status).toBe(200);
    expect(shown.html).toContain('We spoke on Monday.');
    expect(shown.html).not.toContain(account.admin.email);
    const confirmed = await reply(token, { email: account.admin.email.toUpperCase() });
    expect(confirmed.status).toBe(200);
    expect(confirmed.html).toContain('<h1>Confirmed</h1>');

    expect(await importAt(msp.reader, id)).toMatchObject({ state: 'CONFIRMED', customerId: account.id });
    const seen = await call(`GET /v1/customers/${account.id}`, { as: msp.catalog });
    expect(seen.body).toMatchObject({ id: account.id, parentId: msp.id });
    const { managementType, communications, access } = terms;
    expect(await get(managementKey(account.id), true)).toMatchObject({ managementType, communications });
    expect(await get(accessKey(account.id), true)).toMatchObject({
      ...access,
      ...{ state: 'GIVEN', asked: null, epoch: 1, version: 1 },
    });

    const own = await actionsAt(account.id);
    const at = own.filter(({ action }) => action === 'imports.confirm');
    expect(at).toMatchObject([
      {
        subject: account.id,
        after: { importId: id, partnerId: msp.id },
        actor: { id: account.admin.person, home: account.id },
      },
    ]);
    const theirs = (await actionsAt(msp.id)).filter(({ subject }) => subject === id);
    expect(theirs.map(({ action }) => action)).toEqual(['imports.ask', 'imports.end']);

    await deliver(msp.id, account.id);
    expect(mailbox.to(msp.catalog.email).at(-1)?.subject).toContain('confirmed');
    expect(mailbox.to(account.admin.email).at(-1)?.subject).toContain('looks after your account now');
    const again = await reply(token, { email: account.admin.email });
    expect(again.status).toBe(410);
    expect((await look(token)).html).toBe(again.html);
  });

  it('is answered the same, with the same calls and writes, whatever the address leads to', async () => {
    const linked = await addCustomer(other);
    const own = await addCustomer(msp);
    const account = await makeAccount();
    const addresses = [
      account.admin.email,
      linked.admin.email,
      own.admin.email,
      msp.catalog.email,
      other.system.email,
      'nobody.at.all@account.example.com',
    ];
    const shapes = new Set<string>();
    for (const email of addresses) {
      const { result, cost } = await measure(() => askFor(msp.catalog, email));
      const { id, endsAt, createdAt, sentAt, ...rest } = result.body;
      expect(rest.email).toBe(email);
      const { 'content-type': type, etag, location, ...headers } = result.headers;
      shapes.add(
        JSON.stringify([
          ...[result.status, { ...rest, email: '' }, type, etag, headers],
          ...[location?.replace(id, ''), cost.calls, cost.roundTrips],
          cost.items.map((one) => one.split(' ')[0]),
        ]),
      );
    }
    expect([...shapes]).toHaveLength(1);
    const before = mailbox.mails.length;
    await deliver(msp.id);
    expect(mailbox.mails.slice(before).flatMap(({ to }) => to)).toEqual([
      account.admin.email,
      linked.admin.email,
    ]);
    const imports = (await call('GET /v1/customer-imports?limit=6', { as: msp.reader })).body.items;
    const told = imports.map((one: Record<string, unknown>) =>
      JSON.stringify({ ...one, id: '', email: '', createdAt: '', sentAt: '', endsAt: '' }),
    );
    expect(new Set(told).size).toBe(1);
  });

  it('can be declined with a reason, which the partner alone is told', async () => {
    const account = await makeAccount();
    const { id, token } = await ask(account);
    const declined = await reply(token, {
      decision: 'decline',
      email: account.admin.email,
      reason: 'We stay\r\non our own <b>',
    });
    expect(declined.html).toContain('<h1>Declined</h1>');
    expect(await importAt(msp.reader, id)).toMatchObject({
      state: 'DECLINED',
      reason: 'We stay\non our own <b>',
      customerId: null,
    });
    await deliver(msp.id, account.id);
    expect(mailbox.to(msp.catalog.email).at(-1)?.text).toContain('We stay\non our own <b>');
    const [told] = (await actionsAt(msp.id)).filter(
      ({ subject, action }) => subject === id && action === 'imports.end',
    );
    expect(JSON.stringify(told)).not.toContain(account.id);
    expect(JSON.stringify(told)).not.toContain(account.admin.person);
    expect(await pathOf(account.id)).not.toContain(msp.id);
    expect((await reply(token, { email: account.admin.email })).status).toBe(410);
  });

  it('is taken back by its partner, once', async () => {
    const account = await makeAccount();
    const { id, token } = await ask(account);
    const cancelled = await call(`POST /v1/customer-imports/${id}/cancel`, { as: msp.catalog });
    expect(cancelled.body.state).toBe('CANCELLED');
    expect((await reply(token, { email: account.admin.email })).status).toBe(410);
    const again = await call(`POST /v1/customer-imports/${id}/cancel`, { as: msp.catalog });
    expect(again.body.code).toBe('imports.ended');
    const resent = await call(`POST /v1/customer-imports/${id}/resend`, { as: msp.catalog });
    expect(resent.body.code).toBe('imports.ended');
    for (const path of ['', '/cancel', '/resend']) {
      const answer = await call(`${path ? 'POST' : 'GET'} /v1/customer-imports/${id}${path}`, {
        as: other.catalog,
      });
      expect(answer.status).toBe(404);
    }
  });

  it('waits for an answer fifty times at most, and while MSP mode is on', async () => {
    const partner = await makeMsp();
    const off = await askFor(partner.catalog, 'nobody@account.example.com');
    expect(off.body.code).toBe('customers.msp_mode_off');
    await ensureMspMode(partner);
    const ids: string[] = [];
    for (let count = 0; count < 50; count++) {
      const { status, body } = await askFor(partner.catalog, `nobody${count}@account.example.com`);
      expect(status).toBe(201);
      ids.push(body.id);
    }
    const full = await askFor(partner.catalog, 'nobody@account.example.com');
    expect(full.body.code).toBe('imports.too_many_pending');
    await call(`POST /v1/customer-imports/${ids[7]}/cancel`, { as: partner.catalog });
    expect((await askFor(partner.catalog, 'nobody@account.example.com')).status).toBe(201);
    expect((await askFor(partner.catalog, 'nobody@account.example.com')).status).toBe(409);
  });
});

describe('time', () => {
  const start = Date.parse('2027-03-01T09:00:00.000Z');
  const setClock = (at: number) => vi.useFakeTimers({ now: at, toFake: ['Date'] });
  const days14 = 14 * 86_400_000;

  it('ends an import after 14 days to the second, without anybody writing it', async () => {
    setClock(start);
    const account = await makeAccount();
    const late = await makeAccount();
    const [first, second] = [await ask(account), await ask(late)];
    setClock(start + days14 - 1000);
    expect((await look(first.token)).status).toBe(200);
    expect(await importAt(msp.reader, first.id)).toMatchObject({ state: 'PENDING', endedAt: null });
    expect((await reply(first.token, { email: account.admin.email })).status).toBe(200);
    setClock(start + days14 + 1000);
    const gone = await look(second.token);
    expect(gone.status).toBe(410);
    expect((await reply(second.token, { email: late.admin.email })).html).toBe(gone.html);
    const read = await call(`GET /v1/customer-imports/${second.id}`, { as: msp.reader });
    expect(read.body).toMatchObject({ state: 'EXPIRED', endedAt: read.body.endsAt });
    expect(read.headers.etag).not.toBe('"1"');
    vi.useRealTimers();
  });

  it('lets a partner ask again once in ten minutes, five times, each with a link that replaces the last', async () => {
    setClock(start);
    const account = await makeAccount();
    let { id, token } = await ask(account);
    const again = () => call(`POST /v1/customer-imports/${id}/resend`, { as: msp.catalog });
    let at = start;
    for (let round = 2; round <= 6; round++) {
      setClock(at + 600_000 - 1000);
      expect(await again()).toMatchObject({
        body: { code: 'imports.resent_too_soon', status: 429 },
        headers: { 'retry-after': '1' },
      });
      // Three mails to an address and day, whoever asks.
      at += round === 4 ? 86_400_000 : 600_000;
      setClock(at);
      expect((await again()).body).toMatchObject({ round, state: 'PENDING' });
      expect((await look(token)).status).toBe(410);
      await deliver(msp.id);
      const next = tokenIn(mailbox, account.admin.email);
      expect(next).not.toBe(token);
      token = next;
    }
    setClock(at + 600_000);
    expect((await again()).body.code).toBe('imports.resent_too_often');
    expect((await reply(token, { email: account.admin.email })).status).toBe(200);
    vi.useRealTimers();
  });

  it('no address gets more than three such mails a day, whoever asks', async () => {
    setClock(Date.parse('2027-04-01T09:00:00.000Z'));
    const account = await makeAccount();
    for (const partner of [msp, other, msp, other, msp]) {
      expect((await askFor(partner.catalog, account.admin.email)).status).toBe(201);
    }
    await deliver(msp.id, other.id);
    expect(mailbox.to(account.admin.email)).toHaveLength(3);
    setClock(Date.parse('2027-04-02T00:00:01.000Z'));
    await askFor(other.catalog, account.admin.email);
    await deliver(other.id);
    expect(mailbox.to(account.admin.email)).toHaveLength(4);
    vi.useRealTimers();
  });
});

describe('a mail', () => {
  it('that did not go leaves no link behind: the next try makes another token, and one alone counts', async () => {
    const account = await makeAccount();
    mailbox.refuse(throttled);
    const { body } = await askFor(msp.catalog, account.admin.email);
    await expect(deliver(msp.id)).rejects.toThrow('on-import-asked');
    const kept = () => partition('plt_00000000000000000000000000', 'IMPORT_LINK');
    const linksTo = async () => {
      const out: Record<string, unknown>[] = [];
      for await (const one of each({ partition: kept(), limit: 500, consistent: true })) {
        if (one.customerId === account.id) out.push(one);
      }
      return out;
    };
    expect((await linksTo()).map(({ kind }) => kind).sort()).toEqual(['importLink', 'importRecipient']);
    mailbox.refuse(undefined);
    const envelope = (await announcedBy(msp.id)).find(({ subject }) => subject === body.id);
    if (!envelope) throw new Error('Nothing was announced');
    await react(envelope);
    await react(envelope);
    expect(mailbox.to(account.admin.email)).toHaveLength(1);
    const found = await linksTo();
    expect(found.filter(({ kind }) => kind === 'importLink')).toHaveLength(2);
    expect(found.filter(({ kind }) => kind === 'importRecipient')).toHaveLength(1);
    expect((await look(tokenIn(mailbox, account.admin.email))).status).toBe(200);
  });

  it('goes to nobody once the import is over before it was sent', async () => {
    const account = await makeAccount();
    const { body } = await askFor(msp.catalog, account.admin.email);
    await call(`POST /v1/customer-imports/${body.id}/cancel`, { as: msp.catalog });
    await deliver(msp.id);
    expect(mailbox.to(account.admin.email)).toHaveLength(0);
  });
});
