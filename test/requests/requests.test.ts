import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { onApprovalWaiting } from '../../functions/notifications/on-approval-waiting.ts';
import { toNode } from '../../lib/aws/auth.ts';
import { commit, get, LostRace, page } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { mostCredits } from '../../lib/credits/ledger.ts';
import { endUserKey, nodeKey, partition, settingsKey } from '../../lib/kit/keys.ts';
import type { Item } from '../../lib/kit/plan.ts';
import { newRequest, submit } from '../../lib/requests/order.ts';
import { toItem } from '../../lib/requests/request.ts';
import { orderStanding } from '../../lib/requests/store.ts';
import { assign, bundle, edit, publish, step, unassign } from '../catalog/desk.ts';
import { plant } from '../every/planting.ts';
import { listen, measure } from '../kit/cost.ts';
import { announcedBy } from '../kit/deliver.ts';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { plantCreditSystem, plantCustomer } from '../kit/plant.ts';
import { type Answer, type Caller, call, enlist, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { balance, credits, move, offer, openCatalogue, order, own, plantEndUser } from './desk.ts';

let box: Mailbox;
let msp: Msp;
let customer: { id: string; admin: Caller; provider: string };
let ada: Caller;
let priced: Answer;

beforeAll(async () => {
  listen();
  box = await openMailbox();
  msp = await makeMsp();
  await ensureMspMode(msp);
  await plantCreditSystem(msp.id);
  customer = await aCustomer();
  ada = await plantEndUser(customer);
  priced = await offer(msp, customer.id, { price: { base: 40 }, quantity: { min: 1, max: 3 } });
});

afterAll(() => box.close());

async function aCustomer() {
  const made = { ...(await plantCustomer(msp.id)), provider: msp.id };
  await openCatalogue(msp.catalog, made.id);
  return made;
}

const codeOf = ({ status, body }: Answer) => [status, body.code];
const openCount = async (id: string) => (await get(settingsKey(id, 'REQUESTS'), true))?.open ?? 0;
const eventsOf = async (request: Answer) =>
  (await announcedBy(request.body.customerId)).filter(({ subject }) => subject === request.body.id);

describe('submitting', () => {
  it('debits the frozen price at once and says whom and for what', async () => {
    const before = await balance(customer.admin, customer.id);
    const made = await order(ada, priced, { quantity: 2 });
    expect(made.status).toBe(201);
    expect(made.headers.location).toBe(`/v1/requests/${made.body.id}`);
    expect(made.body).toMatchObject({
      state: 'INITIATED_PLANNING',
      price: { unit: 'CREDITS', amount: 40, total: 80 },
      personId: ada.person,
      quantity: 2,
    });
    expect(await balance(customer.admin, customer.id)).toBe(before - 80);
    const { body: entry } = await call(
      `GET /v1/customers/${customer.id}/credits/entries/${made.body.debitEntryId}`,
      { as: customer.admin },
    );
    expect(entry).toMatchObject({
      type: 'DEBIT',
      amount: 80,
      requestId: made.body.id,
      serviceId: priced.body.id,
      personId: ada.person,
    });
    expect((await eventsOf(made)).map(({ type }) => type)).toEqual(['requests.submitted.v1']);
  });

  it('answers the same key once more without another debit', async () => {
    const key = randomUUID();
    const before = await balance(customer.admin, customer.id);
    const send = () => call('POST /v1/requests', { as: ada, key, body: { itemId: priced.body.id } });
    const answers = await Promise.all(Array.from({ length: 5 }, send));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await balance(customer.admin, customer.id)).toBe(before - 40);
  });

  it('shows in a dry run what it would cost and changes nothing', async () => {
    const before = await balance(customer.admin, customer.id);
    const dry = await order(ada, priced, {}, '?dryRun=true');
    expect([dry.status, dry.body.price.total]).toEqual([200, 40]);
    expect(await balance(customer.admin, customer.id)).toBe(before);
    expect((await call(`GET /v1/requests/${dry.body.id}`, { as: ada })).status).toBe(404);
  });

  it('goes below zero, unless that is blocked', async () => {
    const other = await aCustomer();
    const bob = await plantEndUser(other);
    const item = await offer(msp, other.id, { price: { base: 15 } });
    expect((await order(bob, item)).status).toBe(201);
    expect(await balance(other.admin, other.id)).toBe(-15);
    await call(`PATCH /v1/customers/${other.id}/credits/settings`, {
      as: msp.catalog,
      body: { blockBelowZero: true },
      headers: { 'if-match': '*' },
    });
    expect(codeOf(await order(bob, item))).toEqual([409, 'credits.insufficient']);
    expect([await balance(other.admin, other.id), await openCount(other.id)]).toEqual([-15, 1]);
  });

  it('costs nothing where the item is free, and takes no credits where prices are in currency', async () => {
    const free = await order(ada, await offer(msp, customer.id));
    expect(free.body).toMatchObject({ price: { unit: 'FREE', label: 'Free' }, debitEntryId: null });
    const plain = await makeMsp();
    const of = { ...(await plantCustomer(plain.id)), provider: plain.id };
    await openCatalogue(plain.catalog, of.id);
    const item = await offer(plain, of.id, { price: { base: 1999 }, quantity: { min: 1, max: 5 } });
    const made = await order(await plantEndUser(of), item, { quantity: 3 });
    expect(made.body.price).toEqual({ unit: 'CURRENCY', amount: 1999, total: 5997, currency: 'USD' });
    expect([made.body.debitEntryId, await balance(of.admin, of.id)]).toEqual([null, 0]);
  });

  it('refuses a quantity outside the range, and a person other than the caller', async () => {
    const many = await order(ada, priced, { quantity: 4 });
    expect([...codeOf(many), many.body.min, many.body.max]).toEqual([
      409,
      'requests.quantity_out_of_range',
      1,
      3,
    ]);
    const other = await order(ada, priced, { personId: newId('person', Date.now()) });
    expect(codeOf(other)).toEqual([403, 'requests.for_another']);
    expect((await order(ada, priced, { personId: ada.person })).status).toBe(201);
    for (const quantity of [0, -1, 1.5, '1'])
      expect((await order(ada, priced, { quantity })).status).toBe(400);
  });

  it('keeps prices that can be summed exactly', async () => {
    const dear = { price: { base: 1_000_000_000 }, quantity: { min: 1, max: 1000 } };
    const part = await offer(msp, customer.id, dear);
    const all = await bundle(msp.catalog, [{ itemId: part.body.id, min: 1000, max: 1000 }], {
      quantity: { min: 1, max: 1000 },
    });
    await step(msp.catalog, all, 'publish');
    await call(`PUT /v1/customers/${customer.id}/catalogue/items/${all.body.id}`, { as: msp.catalog });
    expect(codeOf(await order(ada, all, { quantity: 2 }))).toEqual([409, 'requests.price_too_high']);
    const other = await aCustomer();
    const bob = await plantEndUser(other);
    for (const one of [part, all]) await assign(msp.catalog, other.id, one);
    expect((await order(bob, all)).status).toBe(201);
    expect(codeOf(await order(bob, all))).toEqual([409, 'credits.out_of_bounds']);
  });

  it('takes as many of each part of a bundle as is asked for, and prices them so', async () => {
    const [mail, disk] = [
      await offer(msp, customer.id, { price: { base: 3 } }),
      await offer(msp, customer.id, { price: { base: 10 } }),
    ];
    const parts = [
      { itemId: mail.body.id, min: 1, max: 5 },
      { itemId: disk.body.id, min: 0, max: 2 },
    ];
    const both = await bundle(msp.catalog, parts);
    await step(msp.catalog, both, 'publish');
    await call(`PUT /v1/customers/${customer.id}/catalogue/items/${both.body.id}`, { as: msp.catalog });
    expect((await order(ada, both)).body.price.total).toBe(3);
    const asked = (quantity: number) => order(ada, both, { parts: [{ itemId: disk.body.id, quantity }] });
    const made = await asked(2);
    expect(made.body.price.total).toBe(23);
    expect(made.body.parts.map(({ quantity }: { quantity: number }) => quantity)).toEqual([1, 2]);
    const over = await asked(3);
    expect([...codeOf(over), over.body.pointer]).toEqual([
      409,
      'requests.quantity_out_of_range',
      '#/parts/0/quantity',
    ]);
    const strange = await order(ada, both, { parts: [{ itemId: priced.body.id, quantity: 1 }] });
    expect([strange.status, strange.body.errors[0].pointer]).toEqual([400, '#/parts/0/itemId']);
  });

  it('refuses answers that do not fit the form, each by its pointer', async () => {
    const fields = [
      { key: 'center', label: 'Cost center', type: 'TEXT', required: true, max: 10 },
      { key: 'size', label: 'Size', type: 'NUMBER', max: 100 },
      { key: 'color', label: 'Color', type: 'CHOICE', choices: ['Red', 'Blue'] },
      { key: 'from', label: 'From', type: 'DATE' },
      { key: 'urgent', label: 'Urgent', type: 'BOOLEAN' },
    ];
    const item = await offer(msp, customer.id, { fields });
    const wrong = await order(ada, item, {
      answers: { size: 101, color: 'Green', from: '2026-02-30', urgent: 'yes', other: 1 },
    });
    expect(wrong.status).toBe(400);
    expect(wrong.body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual(
      ['center', 'color', 'from', 'other', 'size', 'urgent'].map((key) => `#/answers/${key}`),
    );
    const long = await order(ada, item, { answers: { center: 'x'.repeat(11), size: '5' } });
    expect(long.body.errors).toHaveLength(2);
    const text = { key: 'a', label: 'A', type: 'TEXT' };
    const wide = await offer(msp, customer.id, {
      fields: 'abcde'.split('').map((key) => ({ ...text, key })),
    });
    const all = Object.fromEntries('abcde'.split('').map((key) => [key, 'x'.repeat(1900)]));
    const much = await order(ada, wide, { answers: all });
    expect([much.status, much.body.errors[0].pointer]).toEqual([400, '#/answers']);
    const answers = { center: ' IT-1 ', size: 5, color: 'Red', from: '2026-02-28', urgent: true };
    const made = await order(ada, item, { answers });
    expect(made.body.answers).toEqual({ ...answers, center: 'IT-1' });
    expect(JSON.stringify(await eventsOf(made))).not.toContain('IT-1');
  });
});

describe('what may be requested', () => {
  const refused = [409, 'requests.not_entitled'];

  it('is what is published, assigned and given: all else looks the same', async () => {
    const elsewhere = await publish(msp.catalog);
    expect(codeOf(await order(ada, elsewhere))).toEqual(refused);
    expect(
      codeOf(await order(ada, { ...elsewhere, body: { id: newId('catalogItem', Date.now()) } })),
    ).toEqual(refused);
    const banner = await publish(msp.catalog, {
      type: 'BANNER',
      description: undefined,
      link: 'https://example.com',
    });
    await call(`PUT /v1/customers/${customer.id}/catalogue/items/${banner.body.id}`, { as: msp.catalog });
    expect(codeOf(await order(ada, banner))).toEqual(refused);
    const item = await offer(msp, customer.id);
    expect((await order(ada, item)).status).toBe(201);
    await step(msp.catalog, item, 'unpublish');
    expect(codeOf(await order(ada, item))).toEqual(refused);
  });

  it('ends at the next request once the item is taken from the customer', async () => {
    const item = await offer(msp, customer.id);
    expect((await order(ada, item)).status).toBe(201);
    await unassign(msp.catalog, customer.id, item);
    expect(codeOf(await order(ada, item))).toEqual(refused);
  });

  it('of a bundle is what the company has of its parts: the needed ones for all of it, others each for itself', async () => {
    const [mail, disk] = [await offer(msp, customer.id), await offer(msp, customer.id)];
    const parts = [
      { itemId: mail.body.id, min: 1, max: 2 },
      { itemId: disk.body.id, min: 0, max: 2 },
    ];
    const both = await bundle(msp.catalog, parts);
    await step(msp.catalog, both, 'publish');
    await assign(msp.catalog, customer.id, both);
    const withDisk = (quantity: number) => order(ada, both, { parts: [{ itemId: disk.body.id, quantity }] });
    const shown = () => call(`GET /v1/catalogue/${both.body.id}`, { as: ada });
    const listed = async () =>
      (await call(`GET /v1/catalogue?limit=100&q=${encodeURIComponent(both.body.name)}`, { as: ada })).body
        .items;
    // One by one: parts do not stand on the page of their bundle.
    const explained = async () => {
      const path = `/v1/people/${ada.person}/entitlements?limit=1&customerId=${customer.id}`;
      for (let cursor = ''; ; ) {
        const { body } = await call(`GET ${path}${cursor}`, { as: msp.catalog });
        if (body.items[0].itemId === both.body.id) return body.items[0].sees;
        cursor = `&cursor=${body.nextCursor}`;
      }
    };
    const available = async () =>
      (await shown()).body.parts.map((one: { available: boolean }) => one.available);
    expect((await withDisk(1)).status).toBe(201);
    expect([await available(), (await listed()).length, await explained()]).toEqual([[true, true], 1, true]);
    await unassign(msp.catalog, customer.id, disk);
    expect(codeOf(await withDisk(1))).toEqual(refused);
    expect((await withDisk(0)).status).toBe(201);
    expect([await available(), (await listed()).length, await explained()]).toEqual([[true, false], 1, true]);
    await assign(msp.catalog, customer.id, disk);
    await unassign(msp.catalog, customer.id, mail);
    expect(codeOf(await withDisk(0))).toEqual(refused);
    expect([(await shown()).status, await listed(), await explained()]).toEqual([404, [], false]);
  });

  it('of a bundle is bound to its parts, in two round trips of reading', async () => {
    const part = await offer(msp, customer.id);
    const pack = await bundle(msp.catalog, [{ itemId: part.body.id, min: 1, max: 1 }]);
    await step(msp.catalog, pack, 'publish');
    await assign(msp.catalog, customer.id, pack);
    const { result, cost } = await measure(() => order(ada, pack));
    expect([result.status, cost.reading]).toEqual([201, 2]);
    const body = { itemId: pack.body.id };
    const scope = { home: { id: customer.id } } as never;
    const seen = await orderStanding({
      home: customer.id,
      provider: msp.id,
      body,
      consistent: true,
      scope: async () => scope,
    });
    await unassign(msp.catalog, customer.id, part);
    const home = toNode(await get(nodeKey(customer.id), true));
    if (!home) throw new Error('There is no customer');
    const caller = await get(endUserKey(customer.id, ada.person as string), true);
    const by = { home, caller, actor: { id: ada.person, kind: 'person', home: customer.id } } as never;
    const at = { scope: by, now: new Date().toISOString(), requestId: randomUUID() };
    const plan = submit(seen, newRequest.parse(body), {
      ...at,
      newId: (kind) => newId(kind, Date.now()),
    });
    await expect(commit(plan.writes, randomUUID(), Date.now() + 2000)).rejects.toBeInstanceOf(LostRace);
    expect(codeOf(await order(ada, pack))).toEqual(refused);
  });

  it('is what the marketplaces of the person hold', async () => {
    const made = { ...(await plantCustomer(msp.id)), provider: msp.id };
    const item = await offer(msp, made.id);
    const [inside, outside] = [await plantEndUser(made, [1]), await plantEndUser(made, [2])];
    expect(codeOf(await order(inside, item))).toEqual(refused);
    const market = await call(`POST /v1/customers/${made.id}/marketplaces`, {
      as: made.admin,
      body: { name: 'For some', people: [], items: [item.body.id], allowEmpty: true },
    });
    expect(market.status).toBeLessThan(300);
    expect((await order(inside, item)).status).toBe(201);
    expect(codeOf(await order(outside, item))).toEqual(refused);
  });

  it('is decided again where the price changes meanwhile', async () => {
    const item = await offer(msp, customer.id, { price: { base: 7 } });
    const changing = (async () => {
      for (let base = 8; base < 14; base++) {
        await edit(msp.catalog, item, { price: { base } });
        await step(msp.catalog, item, 'publish');
      }
    })();
    const made: Answer[] = [];
    for (let index = 0; index < 12; index++) made.push(await order(ada, item));
    await changing;
    for (const one of made) {
      expect(one.status).toBe(201);
      const { body } = await call(
        `GET /v1/customers/${customer.id}/credits/entries/${one.body.debitEntryId}`,
        {
          as: customer.admin,
        },
      );
      expect(body.amount).toBe(one.body.price.total);
    }
    expect((await order(ada, item)).body.price.total).toBe(13);
  });

  it('ends with the end user', async () => {
    const gone = await plantEndUser(customer);
    const { status } = await order(gone, priced);
    await commit(
      [{ do: 'remove', key: endUserKey(customer.id, gone.person) }],
      randomUUID(),
      Date.now() + 5000,
    );
    expect([status, (await order(gone, priced)).status]).toEqual([201, 401]);
    const list = await call(`GET /v1/customers/${customer.id}/requests?personId=${gone.person}`, {
      as: customer.admin,
    });
    expect(list.body.items).toHaveLength(1);
  });
});

describe('the course of a request', () => {
  const approval = () => offer(msp, customer.id, { price: { base: 40 }, approval: true });

  it('waits for an approval by somebody else, then goes on until it is confirmed', async () => {
    const made = await order(ada, await approval());
    expect(made.body.state).toBe('WAITING_APPROVAL');
    expect((await move(customer.admin, made, 'hold', { comment: 'Next week' })).body).toMatchObject({
      state: 'PENDING',
      pending: 'APPROVAL',
      comment: 'Next week',
    });
    expect(codeOf(await move(msp.catalog, made, 'resume'))).toEqual([409, 'requests.wrong_state']);
    const approved = await move(customer.admin, made, 'approve');
    expect(approved.body).toMatchObject({ state: 'INITIATED_PLANNING', approvedBy: customer.admin.person });
    expect((await move(msp.catalog, made, 'start')).body.state).toBe('IN_PROGRESS');
    expect((await move(msp.catalog, made, 'pend', { comment: 'Which color?' })).body).toMatchObject({
      state: 'PENDING',
      pending: 'MORE_INFORMATION',
      resumes: 'IN_PROGRESS',
    });
    expect((await move(msp.catalog, made, 'resume')).body.state).toBe('IN_PROGRESS');
    const open = await openCount(customer.id);
    const done = await move(msp.catalog, made, 'complete');
    expect(done.body.state).toBe('COMPLETED');
    expect(await openCount(customer.id)).toBe(Number(open) - 1);
    const closed = await own(ada, made, 'confirm', { rating: 5, comment: 'Quick' });
    expect(closed.body).toMatchObject({ state: 'CLOSED', rating: 5, comment: 'Quick' });
    expect(codeOf(await own(ada, made, 'confirm'))).toEqual([409, 'requests.wrong_state']);
    expect(codeOf(await own(ada, made, 'cancel'))).toEqual([409, 'requests.wrong_state']);
    const events = await eventsOf(made);
    const steps = events
      .filter(({ type }) => type === 'requests.changed.v1')
      .map(({ data }) => (data as { to: string }).to);
    expect(steps).toEqual([
      'PENDING',
      'INITIATED_PLANNING',
      'IN_PROGRESS',
      'PENDING',
      'IN_PROGRESS',
      'COMPLETED',
      'CLOSED',
    ]);
  });

  it('waits for an approval where a bundle takes a part that asks for one, as published when it is made', async () => {
    const [plain, guarded] = [await offer(msp, customer.id), await approval()];
    const parts = [
      { itemId: plain.body.id, min: 1, max: 2 },
      { itemId: guarded.body.id, min: 0, max: 2 },
    ];
    const both = await bundle(msp.catalog, parts);
    await step(msp.catalog, both, 'publish');
    await assign(msp.catalog, customer.id, both);
    const shown = () => call(`GET /v1/catalogue/${both.body.id}`, { as: ada });
    const asked = (quantity: number) => order(ada, both, { parts: [{ itemId: guarded.body.id, quantity }] });
    expect((await shown()).body).toMatchObject({
      approval: false,
      parts: [{ approval: false }, { approval: true }],
    });
    const [without, with1] = [await asked(0), await asked(1)];
    expect([without.body.state, with1.body.state]).toEqual(['INITIATED_PLANNING', 'WAITING_APPROVAL']);
    expect((await eventsOf(with1)).map(({ type }) => type)).toContain('requests.approval_waiting.v1');
    expect(codeOf(await move(msp.catalog, with1, 'start'))).toEqual([409, 'requests.wrong_state']);
    for (const [item, approves] of [
      [plain, true],
      [guarded, false],
    ] as const) {
      await edit(msp.catalog, item, { approval: approves });
      await step(msp.catalog, item, 'publish');
    }
    expect((await shown()).body).toMatchObject({
      approval: true,
      parts: [{ approval: true }, { approval: false }],
    });
    expect((await asked(0)).body.state).toBe('WAITING_APPROVAL');
    expect((await move(customer.admin, with1, 'approve')).body.state).toBe('INITIATED_PLANNING');
  });

  it('is told to the administrators while it waits', async () => {
    const of = await aCustomer();
    const item = await offer(msp, of.id, { price: { base: 40 }, approval: true, name: 'Laptop' });
    const made = await order(await plantEndUser(of), item);
    const waiting = (await eventsOf(made)).filter(({ type }) => type === 'requests.approval_waiting.v1');
    expect(waiting).toHaveLength(1);
    for (const envelope of [...waiting, ...waiting]) await onApprovalWaiting.handle(envelope);
    const mails = box.to(of.admin.email);
    expect(mails.map(({ subject }) => subject.replace(/^.*?: /, ''))).toEqual([
      'a request waits for approval',
    ]);
    expect(mails[0]?.text).toContain('Laptop was requested');
    expect(mails[0]?.text).toContain('It costs 40 credits, which are taken already');
    const notices = await call(`GET /v1/customers/${of.id}/notices`, { as: of.admin });
    expect(notices.body.items).toMatchObject([{ kind: 'APPROVAL_WAITING', alerts: [] }]);
  });

  it('is not decided by the requester', async () => {
    const admin = await enlist(customer.id, ['CUSTOMER_ADMINISTRATOR']);
    const same = await plantEndUser(customer, [], admin.person);
    const made = await order(same, await approval());
    for (const verb of ['approve', 'hold', 'reject']) {
      const answer = await move(admin, made, verb, { comment: 'Mine' });
      expect(codeOf(answer)).toEqual([409, 'requests.own_request']);
    }
    expect((await move(customer.admin, made, 'approve')).status).toBe(200);
  });

  it('is refused in every other state', async () => {
    const made = await order(ada, priced);
    for (const [verb, comment] of [
      ['approve'],
      ['hold'],
      ['reject', 'No'],
      ['resume'],
      ['complete'],
    ] as const) {
      const answer = await move(msp.catalog, made, verb, comment ? { comment } : {});
      expect(codeOf(answer)).toEqual([409, 'requests.wrong_state']);
    }
    await own(ada, made, 'cancel');
    for (const verb of ['start', 'pend', 'fail', 'cancel']) {
      const answer = await move(msp.catalog, made, verb, { comment: 'Late' });
      expect([...codeOf(answer), answer.body.state]).toEqual([409, 'requests.wrong_state', 'CANCELLED']);
    }
  });

  it('is bound to the version that was seen', async () => {
    const made = await order(ada, priced);
    expect((await move(msp.catalog, made, 'start', { ifMatch: '"7"' })).status).toBe(412);
    expect((await move(msp.catalog, made, 'start', { ifMatch: made.headers.etag ?? '' })).status).toBe(200);
    expect((await move(msp.catalog, made, 'complete', { ifMatch: made.headers.etag ?? '' })).status).toBe(
      412,
    );
    const path = `/v1/customers/${customer.id}/requests/${made.body.id}/complete`;
    expect((await call(`POST ${path}`, { as: msp.catalog, body: {} })).status).toBe(428);
  });

  it('closes by itself 15 days after completion, and nobody writes that', async () => {
    const made = await order(ada, priced);
    await move(msp.catalog, made, 'start');
    await move(msp.catalog, made, 'complete');
    const path = `/v1/requests/${made.body.id}`;
    const before = await call(`GET ${path}`, { as: ada });
    expect(before.body.state).toBe('COMPLETED');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 15 * 24 * 3_600_000 });
    try {
      const after = await call(`GET ${path}`, { as: ada });
      expect(after.body).toMatchObject({ state: 'CLOSED', rating: null });
      expect(after.headers.etag).not.toBe(before.headers.etag);
      const closed = await call('GET /v1/requests?state=CLOSED', { as: ada });
      expect(closed.body.items.map(({ id }: { id: string }) => id)).toContain(made.body.id);
      expect(codeOf(await own(ada, made, 'confirm'))).toEqual([409, 'requests.wrong_state']);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('refunds', () => {
  const refundOf = async (request: Answer) =>
    (
      await call(
        `GET /v1/customers/${request.body.customerId}/credits/entries/${request.body.refundEntryId}`,
        {
          as: msp.reader,
        },
      )
    ).body;

  it('come once with reject, cancel and fail, at the price of the request', async () => {
    const item = await offer(msp, customer.id, { price: { base: 40 }, approval: true });
    const before = await balance(msp.reader, customer.id);
    const [one, two, three] = [await order(ada, item), await order(ada, item), await order(ada, item)];
    await edit(msp.catalog, item, { price: { base: 55 } });
    await step(msp.catalog, item, 'publish');
    expect(await balance(msp.reader, customer.id)).toBe(before - 120);
    const rejected = await move(customer.admin, one, 'reject', { comment: 'Not now' });
    expect(rejected.body).toMatchObject({ state: 'REJECTED', comment: 'Not now' });
    expect(await refundOf(rejected)).toMatchObject({
      type: 'REFUND',
      amount: 40,
      refundOf: one.body.debitEntryId,
      serviceId: item.body.id,
      personId: ada.person,
    });
    await move(customer.admin, two, 'approve');
    expect((await move(msp.catalog, two, 'fail', { comment: 'Sold out' })).body.state).toBe('FAILED');
    const answers = await Promise.all([own(ada, three, 'cancel'), move(customer.admin, three, 'cancel')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await balance(msp.reader, customer.id)).toBe(before);
  });

  it('show in a dry run what would come back', async () => {
    const made = await order(ada, priced);
    const before = await balance(msp.reader, customer.id);
    expect((await move(msp.catalog, made, 'cancel', { query: '?dryRun=true' })).body.state).toBe('CANCELLED');
    expect(await balance(msp.reader, customer.id)).toBe(before);
  });

  it('do not come again where the debit was given back by hand', async () => {
    const made = await order(ada, priced);
    const before = await balance(msp.reader, customer.id);
    await call(`POST /v1/customers/${customer.id}/credits/refunds`, {
      as: msp.catalog,
      body: { entryId: made.body.debitEntryId },
    });
    const ended = await own(ada, made, 'cancel');
    expect(ended.body).toMatchObject({ state: 'CANCELLED', refundEntryId: null });
    expect(await balance(msp.reader, customer.id)).toBe(before + 40);
    const again = await call(`POST /v1/customers/${customer.id}/credits/refunds`, {
      as: msp.catalog,
      body: { entryId: made.body.debitEntryId },
    });
    expect(again.body.code).toBe('credits.already_refunded');
  });

  it('come also while the credit system is switched off since', async () => {
    const other = await makeMsp();
    await ensureMspMode(other);
    await plantCreditSystem(other.id);
    const of = { ...(await plantCustomer(other.id)), provider: other.id };
    await openCatalogue(other.catalog, of.id);
    const item = await offer(other, of.id, { price: { base: 9 } });
    const bob = await plantEndUser(of);
    const made = await order(bob, item);
    const off = await call('PUT /v1/credit-system', {
      as: other.catalog,
      body: { enabled: false, acknowledgeCostDataLoss: true },
      headers: { 'if-match': '*' },
    });
    expect(off.status).toBe(200);
    expect(off.body.effects.join()).toContain('fail still give their credits back');
    expect((await order(bob, item)).body.price.unit).toBe('FREE');
    const ended = await own(bob, made, 'cancel');
    expect(ended.body.refundEntryId).not.toBeNull();
    expect(await balance(of.admin, of.id)).toBe(0);
  });
});

it('no credits come back beyond the range that is kept exactly', async () => {
  const of = await aCustomer();
  const bob = await plantEndUser(of);
  const waiting = await offer(msp, of.id, { price: { base: 2 }, approval: true });
  const [one, two] = [await order(bob, waiting), await order(bob, waiting)];
  await move(of.admin, two, 'approve');
  const { items } = await page({ partition: partition(of.id, 'ENTRY'), backwards: true, limit: 1 });
  await plant([{ ...(items[0] as Item), balance: mostCredits }]);
  for (const answer of [
    await move(of.admin, one, 'reject', { comment: 'No' }),
    await move(msp.catalog, two, 'fail', { comment: 'No' }),
    await move(of.admin, one, 'cancel'),
    await own(bob, two, 'cancel'),
  ])
    expect(codeOf(answer)).toEqual([409, 'credits.out_of_bounds']);
});

describe('reading', () => {
  it('puts at most 1,000 requests into a file', async () => {
    const far = await makeMsp();
    const of = { ...(await plantCustomer(far.id)), provider: far.id };
    await openCatalogue(far.catalog, of.id);
    const bob = await plantEndUser(of);
    const { body: model } = await order(bob, await offer(far, of.id));
    await plant(
      Array.from({ length: 1000 }, () => toItem(far.id, { ...model, id: newId('request', Date.now()) }, 1)),
    );
    const refused = [409, 'requests.too_many_for_a_file'];
    expect(codeOf(await call('GET /v1/service-requests.csv', { as: far.reader }))).toEqual(refused);
    const path = `/v1/customers/${of.id}/requests.csv`;
    expect(codeOf(await call(`GET ${path}`, { as: of.admin }))).toEqual(refused);
    const { submittedAt } = model;
    const file = await call(`GET ${path}?to=${submittedAt}`, { as: of.admin });
    expect(file.status).toBe(200);
  });

  it('shows people their own, and nobody another’s', async () => {
    const [carl, dora] = [await plantEndUser(customer), await plantEndUser(customer)];
    const made = [await order(carl, priced), await order(carl, priced), await order(dora, priced)];
    const list = await call('GET /v1/requests?limit=1', { as: carl });
    const rest = await call(`GET /v1/requests?cursor=${encodeURIComponent(list.body.nextCursor)}`, {
      as: carl,
    });
    expect([...list.body.items, ...rest.body.items].map(({ id }) => id)).toEqual([
      made[1]?.body.id,
      made[0]?.body.id,
    ]);
    expect((await call(`GET /v1/requests/${made[2]?.body.id}`, { as: carl })).status).toBe(404);
    expect((await own(carl, made[2] as Answer, 'cancel')).status).toBe(404);
    expect((await own(carl, made[2] as Answer, 'confirm')).status).toBe(404);
    expect((await call(`GET /v1/customers/${customer.id}/requests`, { as: carl })).status).toBe(401);
  });

  it('shows administrators a customer’s, filtered, and as a file that runs no formulas', async () => {
    const of = await aCustomer();
    const [carl, dora] = [await plantEndUser(of), await plantEndUser(of)];
    const item = await offer(msp, of.id, { name: '=cmd|calc' });
    const other = await offer(msp, of.id);
    const first = await order(carl, item);
    await order(dora, other);
    await own(carl, first, 'cancel');
    const idsOf = async (query: string) =>
      (await call(`GET /v1/customers/${of.id}/requests${query}`, { as: of.admin })).body.items.length;
    expect(await idsOf('')).toBe(2);
    expect(await idsOf('?state=CANCELLED')).toBe(1);
    expect(await idsOf(`?itemId=${other.body.id}`)).toBe(1);
    expect(await idsOf(`?personId=${carl.person}`)).toBe(1);
    expect(await idsOf('?to=2020-01-01T00:00:00Z')).toBe(0);
    expect(await idsOf('?from=2020-01-01T00:00:00Z')).toBe(2);
    expect(await idsOf('?from=0001-01-01T00:00:00Z&to=9999-12-31T00:00:00Z')).toBe(2);
    expect(await idsOf('?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z')).toBe(0);
    const file = await call(`GET /v1/customers/${of.id}/requests.csv?state=CANCELLED`, { as: of.admin });
    expect(file.headers['content-type']).toContain('text/csv');
    expect(file.body.split('\r\n')).toHaveLength(3);
    expect(file.body).toContain(`"'=cmd|calc"`);
  });

  it('shows the provider’s staff those of all customers; agents the report alone, and no answers', async () => {
    const own = await makeMsp();
    const agent = await enlist(own.id, ['AGENT']);
    const made = [];
    for (let index = 0; index < 2; index++) {
      const of = { ...(await plantCustomer(own.id)), provider: own.id };
      await openCatalogue(own.catalog, of.id);
      made.push(await order(await plantEndUser(of), await offer(own, of.id)));
    }
    const [first, second] = made as [Answer, Answer];
    const report = await call('GET /v1/service-requests', { as: agent });
    expect(report.body.items.map(({ id }: { id: string }) => id)).toEqual([second.body.id, first.body.id]);
    const some = await call(`GET /v1/service-requests?customerId=${first.body.customerId}`, { as: agent });
    expect(some.body.items).toHaveLength(1);
    const file = await call('GET /v1/service-requests.csv', { as: agent });
    expect(file.body.split('\r\n')).toHaveLength(4);
    const path = `/v1/customers/${first.body.customerId}/requests/${first.body.id}`;
    const ofCustomer = `/v1/customers/${first.body.customerId}/requests`;
    for (const line of [`GET ${path}`, `GET ${ofCustomer}`, `GET ${ofCustomer}.csv`])
      expect((await call(line, { as: agent })).status).toBe(403);
    expect((await call(`GET ${path}`, { as: own.reader })).body.id).toBe(first.body.id);
    expect(
      (await call(`POST ${path}/start`, { as: agent, body: {}, headers: { 'if-match': '*' } })).status,
    ).toBe(403);
    expect((await call(`GET ${path}`, { as: msp.catalog })).status).toBe(404);
  });
});

it('a balance that falls with a request is announced by the ledger’s own entry', async () => {
  const of = await aCustomer();
  await credits(msp.catalog, of.id, { amount: 10 });
  const made = await order(await plantEndUser(of), await offer(msp, of.id, { price: { base: 25 } }));
  const { body } = made;
  const entry = await announcedBy(of.id);
  const low = entry.filter(({ type }) => type === 'credits.balance_low.v1');
  expect(low.map(({ tenant }) => tenant.id)).toEqual([of.id]);
  expect(entry.filter(({ subject }) => subject === body.id)).toHaveLength(1);
});
