import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { onNotificationDefaultsChanged } from '../../functions/licensing/on-notification-defaults-changed.ts';
import { commit, LostRace } from '../../lib/aws/db.ts';
import { envelope } from '../../lib/kit/event.ts';
import { reevaluate } from '../../lib/licensing/settings.ts';
import { accountOf } from '../../lib/licensing/store.ts';
import { call, type Msp, makeMsp } from '../kit/world.ts';
import { announcedBy, type Desk, openDesk, persist, setPool } from './desk.ts';

let msp: Msp;
let desk: Desk;
beforeAll(async () => {
  msp = await makeMsp();
  await setPool(msp, 'DEVICE', 100_000);
  desk = await openDesk(msp);
  await desk.soft(100);
});

const any = { 'if-match': '*' };
const defaults = (body: unknown, of = msp) =>
  call('PUT /v1/notification-settings', { as: of.catalog, body, headers: any });

describe('settings', () => {
  it('inherit from the provider what they do not say', async () => {
    const own = await makeMsp();
    const one = await openDesk(own);
    await one.soft(null);
    const read = () => call(`GET ${one.path('/notification-settings')}`, { as: one.admin });
    expect(await read()).toMatchObject({
      headers: { etag: '"0"' },
      body: {
        enabled: null,
        effective: { enabled: true, thresholds: [80], rearmPoints: 5, recipients: null },
      },
    });
    const put = await defaults({ thresholds: [70], recipients: 'a@x.example.com', subject: 'S $used' }, own);
    expect(put).toMatchObject({ status: 200, headers: { etag: '"1"' } });
    const saved = await one.settings({
      recipients: ' b@x.example.com, c@X.example.com ,B@x.example.com,',
      perType: { FIREWALL: { thresholds: [50] } },
      rearmPoints: 10,
      thresholds: null,
    });
    expect(saved.body.recipients).toEqual(['b@x.example.com', 'c@x.example.com']);
    expect((await read()).body).toMatchObject({
      thresholds: null,
      rearmPoints: 10,
      effective: {
        thresholds: [70],
        perType: { FIREWALL: { thresholds: [50] } },
        subject: 'S $used',
        recipients: ['b@x.example.com', 'c@x.example.com'],
      },
    });
    const shown = await call('GET /v1/notification-settings', { as: own.reader });
    expect(shown.body).toMatchObject({ recipients: ['a@x.example.com'], effective: { thresholds: [70] } });
    expect((await call('GET /v1/notification-settings', { as: one.admin })).status).toBe(403);
    const stale = await call('PUT /v1/notification-settings', {
      as: own.catalog,
      body: {},
      headers: { 'if-match': '"0"' },
    });
    expect(stale.status).toBe(412);
  });

  it('need limits to tell about', async () => {
    const one = await openDesk(msp);
    expect((await one.settings({ thresholds: [90] })).body.code).toBe('licensing.not_allocated');
  });

  it('with bad fields are refused by name', async () => {
    const wrong: [unknown, string][] = [
      [{ thresholds: [] }, '#/thresholds'],
      [{ thresholds: [0] }, '#/thresholds/0'],
      [{ thresholds: [80, 201] }, '#/thresholds/1'],
      [{ thresholds: [80, 80] }, '#/thresholds'],
      [{ thresholds: [80.5] }, '#/thresholds/0'],
      [{ rearmPoints: 0 }, '#/rearmPoints'],
      [{ rearmPoints: 51 }, '#/rearmPoints'],
      [{ perType: { TOASTER: { thresholds: [80] } } }, '#/perType/TOASTER'],
      [{ recipients: '' }, '#/recipients'],
      [{ recipients: [] }, '#/recipients'],
      [{ recipients: 'a@x.example.com\r\nBcc: b@x.example.com' }, '#/recipients'],
      [{ recipients: ['a@x.example.com,b@x.example.com'] }, '#/recipients/0'],
      [{ recipients: ['a@x.example.com', 'nobody'] }, '#/recipients/1'],
      [{ recipients: Array.from({ length: 21 }, (_, at) => `p${at}@x.example.com`) }, '#/recipients'],
      [{ subject: 'a\r\nBcc: x' }, '#/subject'],
      [{ subject: 'Hello $customer' }, '#/subject'],
      [{ message: '$used of $allotted' }, '#/message'],
      [{ message: 'é'.repeat(5121) }, '#/message'],
      [{ language: 'de' }, '#/language'],
    ];
    for (const [body, pointer] of wrong) {
      const answer = await desk.settings(body);
      expect(answer, JSON.stringify(body)).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
    }
    const unknown = await desk.settings({ subject: 'Hello $customer' });
    expect(unknown.body.errors[0].message).toContain('$customer is not a variable');
    expect((await desk.settings({ message: `${'é'.repeat(5000)}\n\n$$5 for $used` })).status).toBe(200);
  });
});

describe('saving evaluates', () => {
  it('a threshold born crossed fires once, one armed again does not repeat', async () => {
    const one = await openDesk(msp);
    await one.soft(100);
    await one.use(60);
    await one.settings({ thresholds: [50, 60, 70] });
    expect(await one.notices()).toEqual(['fired 50 60']);
    await one.settings({ thresholds: [50, 60, 70], recipients: ['a@x.example.com'] });
    await one.settings({ thresholds: [60] });
    expect(await one.notices()).toEqual(['fired 50 60']);
    await one.settings({ enabled: false });
    await one.use(110);
    expect(await one.notices()).toEqual(['fired 50 60']);
    const dry = await call(`PUT ${one.path('/notification-settings')}?dryRun=true`, {
      as: msp.catalog,
      body: { enabled: true },
      headers: any,
    });
    expect(dry.body.effective.enabled).toBe(true);
    await one.settings({ enabled: true });
    expect(await one.notices()).toEqual(['fired 50 60', 'fired 80 100']);
  });

  it('re-arm points and overrides by type count; above 100 only a soft limit gets', async () => {
    const one = await openDesk(msp);
    await one.soft(100);
    await one.settings({ perType: { DEVICE: { thresholds: [50, 120] } }, rearmPoints: 20 });
    await one.use(55);
    await one.use(40);
    await one.use(55);
    expect(await one.notices()).toEqual(['fired 50']);
    await one.use(30);
    await one.use(125);
    expect(await one.notices()).toEqual(['fired 50', 'recovered 50', 'fired 50', 'fired 100 120']);
  });

  it('never loses a threshold to use that changes at the same time', async () => {
    const one = await openDesk(msp);
    await one.soft(100);
    await one.use(40);
    await Promise.all([
      one.settings({ thresholds: [45] }),
      ...Array.from({ length: 10 }, () => persist(() => one.add(1))),
    ]);
    expect(await one.notices()).toEqual(['fired 45']);
  });
});

describe('changed defaults', () => {
  const react = async (of: Msp) => {
    const seen = (await announcedBy(of.id)).filter(({ type }) => type === onType);
    const last = seen.at(-1);
    if (last) await onNotificationDefaultsChanged.handle(envelope.parse(last) as typeof last);
    return seen.length;
  };
  const onType = 'licensing.notification_defaults_changed.v1';

  it('are evaluated for the customers that inherit them, however often the event comes', async () => {
    const own = await makeMsp();
    await setPool(own, 'DEVICE', 1000);
    const [inheriting, deciding, sharing] = await Promise.all([1, 2, 3].map(() => openDesk(own)));
    if (!inheriting || !deciding || !sharing) throw new Error('no desks');
    await Promise.all([inheriting.soft(100), deciding.soft(100)]);
    await deciding.settings({ thresholds: [90] });
    for (const one of [inheriting, deciding, sharing]) await one.use(50);
    await defaults({ recipients: ['a@x.example.com'] }, own);
    expect(await react(own)).toBe(0);
    await defaults({ thresholds: [40], recipients: ['a@x.example.com'] }, own);
    expect(await react(own)).toBe(1);
    await react(own);
    expect(await inheriting.notices()).toEqual(['fired 40']);
    expect(await deciding.notices()).toEqual([]);
    expect(await sharing.notices()).toEqual([]);
  });

  it('go on page by page', async () => {
    const own = await makeMsp();
    await Promise.all(Array.from({ length: 26 }, () => openDesk(own)));
    await defaults({ thresholds: [40] }, own);
    expect(await react(own)).toBe(1);
    expect(await react(own)).toBe(2);
    expect(await react(own)).toBe(2);
  });

  it('go on once, however often an event comes', async () => {
    const own = await makeMsp();
    await Promise.all(Array.from({ length: 26 }, () => openDesk(own)));
    await defaults({ thresholds: [40] }, own);
    const [first] = (await announcedBy(own.id)).filter(({ type }) => type === onType);
    if (!first) throw new Error('nothing announced');
    const again = () => onNotificationDefaultsChanged.handle(envelope.parse(first) as typeof first);
    await Promise.all([again(), again()]);
    await again();
    const chain = (await announcedBy(own.id)).filter(({ type }) => type === onType);
    expect(chain).toHaveLength(2);
    expect(new Set(chain.map(({ id }) => id)).size).toBe(2);
  });

  it('are evaluated as they are now: an evaluation under older ones is lost', async () => {
    const own = await makeMsp();
    await setPool(own, 'DEVICE', 1000);
    const one = await openDesk(own);
    await one.soft(100);
    await one.use(50);
    await defaults({ thresholds: [40] }, own);
    const account = await accountOf({ customerId: one.id, providerId: own.id }, true);
    const late = reevaluate(account, new Date().toISOString());
    expect(late.announcements).toHaveLength(1);
    await defaults({ thresholds: [60] }, own);
    const write = () => commit(late.writes, randomUUID(), Date.now() + 1000);
    await expect(write()).rejects.toBeInstanceOf(LostRace);
    await react(own);
    expect(await one.notices()).toEqual([]);
  });
});

describe('preview and send to me', () => {
  const post = (what: string, body: unknown, as = msp.catalog) =>
    call(`POST ${desk.path(`/notification-settings/${what}`)}`, { as, body });

  it('render by sample or present values and write nothing', async () => {
    await desk.settings({ subject: '$customerName at $usedPercent', message: '$used of $allocated: $$' });
    const sample = await post('preview', {}, msp.reader);
    expect(sample.body).toMatchObject({ message: '80 of 100: $', values: 'SAMPLE' });
    await desk.use(7);
    const now = await post('preview', {
      resourceType: 'DEVICE',
      subject: '$resourceType $threshold',
      threshold: 90,
    });
    expect(now.body).toEqual({ subject: 'DEVICE 90', message: '7 of 100: $', values: 'CURRENT' });
    const free = await post('preview', {
      resourceType: 'FIREWALL',
      message: '$remaining $accountManagerEmail $time',
    });
    expect(free.body.message).toMatch(/^0 manager@msp\.example\.com 20/);
    const wrong = await post('preview', { message: '$nothing' });
    expect(wrong).toMatchObject({ status: 400, body: { errors: [{ pointer: '#/message' }] } });
  });

  it('mails the caller alone, once per key', async () => {
    const key = randomUUID();
    const send = () =>
      call(`POST ${desk.path('/notification-settings/send-to-me')}`, {
        as: msp.catalog,
        body: { subject: 'Try $used' },
        key,
      });
    expect(await send()).toMatchObject({ status: 202, body: { subject: 'Try 80' } });
    expect((await send()).headers['idempotent-replayed']).toBe('true');
    const told = (await announcedBy(desk.id)).filter(({ type }) => type.includes('test_notice'));
    expect(told).toMatchObject([
      { data: { personId: msp.catalog.person, subject: 'Try $used', values: { used: '80' } } },
    ]);
    expect(JSON.stringify(told)).not.toContain('manager@msp');
    expect((await post('send-to-me', {}, msp.reader)).status).toBe(403);
  });
});
