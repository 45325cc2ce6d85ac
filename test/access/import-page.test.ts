import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toNode } from '../../lib/aws/auth.ts';
import { commit, get } from '../../lib/aws/db.ts';
import { secret } from '../../lib/aws/world.ts';
import { unlink } from '../../lib/customers/link.ts';
import { unlinkEstateOf } from '../../lib/customers/link-store.ts';
import { nodeKey } from '../../lib/kit/keys.ts';
import { listen, measure } from '../kit/cost.ts';
import { deliver } from '../kit/deliver.ts';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { addCustomer, call, enlist, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { asked, importAt, look, makeAccount, type Page, pathOf, reply, request } from './import-scene.ts';

let msp: Msp;
let mailbox: Mailbox;

beforeAll(async () => {
  listen();
  mailbox = await openMailbox();
  msp = await makeMsp();
  await ensureMspMode(msp);
});
afterAll(() => mailbox.close());

async function ready(more: Record<string, unknown> = {}) {
  const account = await makeAccount();
  return { account, ...(await asked({ partner: msp.catalog, account, mailbox }, more)) };
}

describe('the page of a link', () => {
  it('changes nothing, however often it is looked at', async () => {
    const { account, id, token } = await ready();
    for (let times = 0; times < 10; times++) {
      const { result, cost } = await measure(() => look(token));
      expect(result.status).toBe(200);
      expect(cost).toMatchObject({ write: 0, items: [] });
      expect(cost.roundTrips).toBeLessThanOrEqual(2);
    }
    expect((await importAt(msp.reader, id)).state).toBe('PENDING');
    expect(await pathOf(account.id)).not.toContain(msp.id);
  });

  it('works without scripts and says who, what and until when to everybody', async () => {
    const { html } = await look((await ready({ message: '<script>alert(1)</script>' })).token);
    const name = (await call(`GET /v1/providers/${msp.id}`, { as: msp.reader })).body.name;
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).not.toMatch(/<script|\son\w+=|javascript:|<img|<iframe|<link|https?:/i);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect(html).toContain(`<h1>${name} asks to look after your account</h1>`);
    expect(html).toContain(`<title>${name} asks to look after your account</title>`);
    expect(html).toContain('A visit lasts at most 30 minutes');
    expect(html).toContain('Each visit needs the approval of one of your administrators');
    expect(html).toContain('change nothing');
    expect(html).toMatch(/You can answer until .+ UTC\./);
    const labels = [...html.matchAll(/<label for="([\w-]+)">/g)].map(([, id]) => id);
    const fields = [...html.matchAll(/<(?:input id|textarea id)="([\w-]+)"/g)].map(([, id]) => id);
    expect(labels.sort()).toEqual(fields.sort());
    for (const [, ids = ''] of html.matchAll(/aria-describedby="([^"]+)"/g))
      for (const one of ids.split(' ')) expect(html).toContain(`id="${one}"`);
    expect(new Set(html.match(/ id="[^"]+"/g)).size).toBe(html.match(/ id="[^"]+"/g)?.length);
    expect(html).not.toContain('tabindex');
    const headings = [...html.matchAll(/<h(\d)>/g)].map(([, level]) => Number(level));
    expect(headings.every((level, at) => level <= (headings[at - 1] ?? 0) + 1)).toBe(true);
    expect([...html.matchAll(/<form method="(\w+)" action="([^"]+)"/g)].map(([, ...rest]) => rest)).toEqual([
      ['post', '/import/confirm'],
      ['post', '/import/confirm'],
    ]);
  });

  it('has colours that can be told apart', async () => {
    const { html } = await look((await ready()).token);
    const pairs = [
      ['#1b1b1b', '#fff'],
      ['#444', '#fff'],
      ['#fff', '#0b4a8f'],
      ['#0b4a8f', '#fff'],
      ['#a40000', '#fff'],
    ] as const;
    for (const [one, other] of pairs) {
      expect(html).toContain(one);
      expect(contrast(one, other)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('lets nothing in from anywhere and goes nowhere, on each of its answers', async () => {
    const { account, token } = await ready();
    const style = /<style>([^<]*)<\/style>/.exec((await look(token)).html)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    const answers: Page[] = [
      await look(token),
      await look('nothing'),
      await request('POST', { body: 'token=' }),
      await reply(token, { email: 'wrong@account.example.com' }),
      await reply(token, { email: account.admin.email }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 410, 400, 403, 200]);
    for (const { headers, html } of answers) {
      expect(headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'content-security-policy': `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      });
      expect(html.match(/<h1>/g)).toHaveLength(1);
      expect(html).not.toContain(' style=');
    }
  });

  it('is the same for tokens used, cut, changed, of another kind or never made', async () => {
    const used = await ready();
    await reply(used.token, { decision: 'decline', email: used.account.admin.email });
    const live = await ready();
    const flipped = `${live.token.slice(0, -3)}${live.token.at(-3) === 'A' ? 'B' : 'A'}${live.token.slice(-2)}`;
    const corpus = [
      ...[used.token, live.token.slice(0, -1), `${live.token}A`, flipped, secret(32), secret(31), ''],
      ...[live.token.toLowerCase(), ` ${live.token}`, `${live.token}\n`, '.', 'null', '%00', '../../x'],
      ...[live.id, live.account.id, live.account.admin.email, 'A'.repeat(5000)],
      `qas.${live.account.id}.ses_01J00000000000000000000000.${live.token}`,
      `qpk.${live.account.id}.pkg_01J00000000000000000000000.${live.token}`,
      `qlk.prd_01J00000000000000000000000.lky_01J00000000000000000000000.${live.token}`,
    ];
    const { html } = await look(used.token);
    for (const token of corpus) {
      const shown = await look(token);
      expect([shown.status, shown.html], token).toEqual([410, html]);
      if (token.length > 64) continue;
      const sent = await reply(token, { email: live.account.admin.email });
      expect([sent.status, sent.html], token).toEqual([410, html]);
      const api = await call('POST /v1/customer-imports/confirmation', {
        as: live.account.admin,
        body: { token },
      });
      expect(api.body.code, token).toBe(
        /^[\w-]{43}$/.test(token) ? 'resource.not_found' : 'request.malformed',
      );
    }
    expect((await look(live.token)).status).toBe(200);
  });

  it('takes forms of its own alone', async () => {
    const { account, token } = await ready();
    const { email } = account.admin;
    const good = { token, decision: 'confirm', email };
    const wrongs = [
      { body: JSON.stringify(good), type: 'application/json' },
      { body: new URLSearchParams(good).toString(), type: 'text/plain' },
      { body: `${new URLSearchParams(good)}&decision=decline` },
      { body: new URLSearchParams({ ...good, decision: 'constructor' }).toString() },
      { body: new URLSearchParams({ ...good, email: '' }).toString() },
      { body: new URLSearchParams({ ...good, reason: 'x'.repeat(501) }).toString() },
      { body: new URLSearchParams({ ...good, reason: '\u202e' }).toString() },
      { body: new URLSearchParams({ ...good, more: 'x'.repeat(9000) }).toString() },
      { body: '' },
    ];
    for (const sent of wrongs) expect((await request('POST', sent)).status).toBe(400);
    expect((await look(token)).status).toBe(200);
    const plain = await request('POST', { body: new URLSearchParams(good).toString(), base64: false });
    expect(plain.status).toBe(200);
  });
});

describe('who answers', () => {
  it('has to know the address; five wrong ones end the link, and the administrators are told', async () => {
    const { account, id, token } = await ready();
    const before = (await look(token)).html;
    for (const email of ['a@b.example', msp.catalog.email, `${account.admin.email}.example`, 'x@y.example']) {
      const refused = await reply(token, { email });
      expect(refused.status).toBe(403);
      expect(refused.html).toContain('role="alert"');
      expect(refused.html).toContain('aria-invalid="true"');
      expect(refused.html).not.toContain(email);
    }
    expect((await look(token)).html).toBe(before);
    expect((await importAt(msp.reader, id)).state).toBe('PENDING');
    expect((await reply(token, { email: 'fifth@account.example.com' })).status).toBe(410);
    expect((await reply(token, { email: account.admin.email })).status).toBe(410);
    expect(await importAt(msp.reader, id)).toMatchObject({
      state: 'EXPIRED',
      reason: null,
      customerId: null,
    });
    await deliver(msp.id, account.id);
    expect(mailbox.to(account.admin.email).at(-1)?.subject).toContain('somebody tried to answer');
    expect(mailbox.to(msp.catalog.email).at(-1)?.text).toContain('has ended. Nothing was changed.');
    expect(await pathOf(account.id)).not.toContain(msp.id);
  });

  it('is the administrator whom the mail went to, while they are that', async () => {
    const { account, token } = await ready();
    const stranger = await makeAccount();
    const customer = await addCustomer(msp);
    for (const as of [stranger.admin, customer.admin]) {
      const answer = await call('POST /v1/customer-imports/confirmation', { as, body: { token } });
      expect(answer.body.code).toBe('resource.not_found');
    }
    const colleague = await enlist(account.id, ['CUSTOMER_ADMINISTRATOR']);
    const theirs = await call('POST /v1/customer-imports/confirmation', { as: colleague, body: { token } });
    expect(theirs.status).toBe(404);
    const done = await call('POST /v1/customer-imports/confirmation', { as: account.admin, body: { token } });
    expect(done.body).toEqual({ state: 'CONFIRMED' });
    expect(await pathOf(account.id)).toContain(`${msp.id}/${account.id}`);
    expect((await look(token)).status).toBe(410);
  });

  it('declines over the API as well', async () => {
    const { account, id, token } = await ready();
    const leave = await call('POST /v1/customer-imports/confirmation', {
      as: account.admin,
      body: { token, decision: 'ASK_TO_LEAVE' },
    });
    expect(leave.body.code).toBe('imports.nobody_to_leave');
    const done = await call('POST /v1/customer-imports/confirmation', {
      as: account.admin,
      body: { token, decision: 'DECLINE', reason: 'No' },
    });
    expect(done.body).toEqual({ state: 'DECLINED' });
    expect(await importAt(msp.reader, id)).toMatchObject({ state: 'DECLINED', reason: 'No' });
  });

  it('is heard once, of fifty at the same time', async () => {
    const { account, token } = await ready();
    const email = account.admin.email;
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        index % 2 === 0
          ? reply(token, { email }).then(({ status }) => status)
          : call('POST /v1/customer-imports/confirmation', { as: account.admin, body: { token } }).then(
              ({ status }) => status,
            ),
      ),
    );
    expect(answers.filter((status) => status === 200)).toHaveLength(1);
    expect(
      answers.every((status) => [200, 401, 404, 409, 410].includes(status)),
      String(answers),
    ).toBe(true);
    expect(await pathOf(account.id)).toContain(msp.id);
  });
});

describe('what stands in the way', () => {
  it('of the partner is not told to the customer', async () => {
    const { account, token } = await ready();
    const taken = await makeAccount(account.name);
    const second = await asked({ partner: msp.catalog, account: taken, mailbox });
    expect((await reply(second.token, { email: taken.admin.email })).status).toBe(200);
    const refused = await reply(token, { email: account.admin.email });
    expect(refused.status).toBe(409);
    expect(refused.html).toContain('cannot take over at the moment');
    expect(refused.html).not.toContain(account.name);
    const api = await call('POST /v1/customer-imports/confirmation', { as: account.admin, body: { token } });
    expect(api.body.code).toBe('imports.cannot_link');
    expect((await look(token)).status).toBe(200);
  });

  it('is another partner: it must let the customer go first, and is told when the customer wishes that', async () => {
    const present = await makeMsp();
    await ensureMspMode(present);
    const account = await addCustomer(present);
    const { token } = await asked({ partner: msp.catalog, account, mailbox });
    const presentName = (await call(`GET /v1/providers/${present.id}`, { as: present.reader })).body.name;
    const shown = await look(token);
    expect(shown.html).toContain(`${presentName} looks after your account now`);
    expect(shown.html).not.toContain('value="confirm"');
    const { email } = account.admin;
    expect((await reply(token, { email })).status).toBe(409);
    const api = await call('POST /v1/customer-imports/confirmation', { as: account.admin, body: { token } });
    expect(api.body.code).toBe('imports.remove_first');
    expect(mailbox.to(present.catalog.email)).toHaveLength(0);
    for (const _ of [1, 2]) expect((await reply(token, { decision: 'leave', email })).status).toBe(200);
    const told = await call('POST /v1/customer-imports/confirmation', {
      as: account.admin,
      body: { token, decision: 'ASK_TO_LEAVE' },
    });
    expect(told.body).toEqual({ state: 'REMOVAL_ASKED' });
    expect((await look(token)).html).toContain(`${presentName} has been told`);
    const partnersMails = mailbox.to(msp.catalog.email).length;
    await deliver(present.id, account.id, msp.id);
    expect(mailbox.to(present.catalog.email).map(({ subject }) => subject)).toEqual([
      expect.stringContaining('wishes to go to another partner'),
    ]);
    expect(mailbox.to(msp.catalog.email)).toHaveLength(partnersMails);
    const node = toNode(await get(nodeKey(account.id), true));
    if (!node) throw new Error('The customer is gone');
    const { writes } = unlink(node, await unlinkEstateOf(node), { now: new Date().toISOString() });
    await commit(writes, secret(24), Date.now() + 5000);
    expect((await reply(token, { email })).html).toContain('<h1>Confirmed</h1>');
    expect(await pathOf(account.id)).toContain(msp.id);
  });
});

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: string): number {
  const hex = colour.length === 4 ? colour.replace(/[^#]/g, '$&$&') : colour;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
