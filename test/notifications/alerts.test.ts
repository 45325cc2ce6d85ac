import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../lib/aws/world.ts';
import { balanceLow } from '../../lib/credits/events.ts';
import { suppressionKey } from '../../lib/kit/keys.ts';
import { emailHash } from '../../lib/kit/membership.ts';
import { allocationThreshold } from '../../lib/licensing/events.ts';
import { noticeIdOf } from '../../lib/notifications/notice.ts';
import { listen, measure } from '../kit/cost.ts';
import { plantDirectly, plantReseller } from '../kit/forest.ts';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { plantCustomer } from '../kit/plant.ts';
import { type Caller, call, enlist, type Msp, makeMsp } from '../kit/world.ts';
import {
  at,
  below,
  happened,
  permanentBounce,
  plant,
  plantLedger,
  plantMeter,
  plantSettings,
  react,
  receiptsOf,
  sesTells,
} from './scene.ts';

let msp: Msp;
let box: Mailbox;
let customer: { id: string; admin: Caller };
const fired = '2026-11-20T08:00:00.000Z';

beforeAll(async () => {
  box = await openMailbox();
  msp = await makeMsp();
});
afterAll(() => box.close());
beforeEach(async () => {
  box.mails.length = 0;
  customer = await plantCustomer(msp.id);
  await plantMeter(customer.id, 'DEVICE', { used: 85, limit: 100, bands: { 80: fired, 100: null } });
  await plantMeter(customer.id, 'FIREWALL', { used: 3, limit: null, bands: {} });
  await plantLedger(customer.id, {
    balance: -15,
    alertLimit: 50,
    at: fired,
    bands: { 'below-50': fired, 'below-0': fired },
  });
});

const alerts = () => `/v1/customers/${customer.id}/alerts`;
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const snooze = (id: string, body: Record<string, unknown> = {}, as = msp.catalog) =>
  call(`POST ${alerts()}/${id}/snooze`, { as, body: { until: inDays(7), reason: 'Known', ...body } });
const reached = (used: number, thresholds: number[], when?: string) =>
  happened(
    allocationThreshold,
    { providerId: msp.id, customerId: customer.id, ...(when ? { at: when } : {}) },
    at(used, 100, thresholds),
  );
const states = async (eventId: string) => {
  const path = `/v1/customers/${customer.id}/notices/${noticeIdOf(eventId)}`;
  const { body } = await call(`GET ${path}`, { as: msp.reader });
  return body.deliveries.map(({ state, why }: { state: string; why?: string }) => why ?? state);
};

describe('alerts', () => {
  it('lists the identities of all meters with state, since and snooze', async () => {
    const until = inDays(3);
    await snooze('CREDITS.below-50', { until });
    const { body } = await call(`GET ${alerts()}`, { as: customer.admin });
    expect(body.items).toEqual([
      line('LICENCE.DEVICE.80', 'FIRED', fired),
      line('LICENCE.DEVICE.100', 'ARMED', null),
      line('CREDITS.below-0', 'FIRED', fired),
      line('CREDITS.below-50', 'FIRED', fired, until),
    ]);
  });

  const line = (id: string, state: string, since: string | null, snoozedUntil: string | null = null) => ({
    id,
    meter: id.slice(0, id.lastIndexOf('.')),
    threshold: Number(/\d+$/.exec(id)?.[0]),
    state,
    since,
    snoozedUntil,
  });

  it('explains one that fired', async () => {
    const event = reached(85, [80]);
    await react(event);
    await sesTells(box.mails[0] ?? expect.fail('no mail'), 'Email Bounced', permanentBounce);
    await snooze('LICENCE.DEVICE.80');
    const { status, body } = await call(`GET ${alerts()}/LICENCE.DEVICE.80/explanation`, {
      as: customer.admin,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      alert: { state: 'FIRED', since: fired },
      because: [
        `It fired at ${fired}: 85 is at or above 80. It tells again once 75 was crossed back.`,
        expect.stringMatching(/^It is snoozed until /),
        'Nobody can be mailed: it has no recipient left.',
      ],
      lastEvaluation: { value: 85, used: 85, limit: 100 },
      thresholds: [
        { threshold: 80, rearm: 75 },
        { threshold: 100, rearm: 95 },
      ],
      recipients: [{ recipient: 'manager@msp.example.com', suppressed: 'BOUNCED' }],
      recipientsFrom: 'ACCOUNT_MANAGER',
      snooze: { reason: 'Known', by: msp.catalog.person },
      lastNotice: { id: noticeIdOf(event.id), deliveries: [{ state: 'BOUNCED' }] },
    });
  });

  it('explains one that has not fired, and one that is switched off', async () => {
    const own = await makeMsp();
    customer = await plantCustomer(own.id);
    await plantMeter(customer.id, 'DEVICE', { used: 77, limit: 100, bands: { 80: fired, 100: null } });
    await plantSettings(own.id, { rearmPoints: 10, recipients: ['noc@msp.example.com'] });
    await plantSettings(customer.id, { enabled: false });
    const explain = async (id: string) =>
      (await call(`GET ${alerts()}/${id}/explanation`, { as: own.reader })).body;
    expect(await explain('LICENCE.DEVICE.100')).toMatchObject({
      because: ['It has not fired: 77 is below 100.', 'Notices are switched off.'],
      enabled: false,
      recipients: [{ recipient: 'noc@msp.example.com', suppressed: null }],
      recipientsFrom: 'SETTINGS',
      thresholds: [{ rearm: 70 }, { rearm: 90 }],
      snooze: null,
      lastNotice: null,
    });
    const fading = await explain('LICENCE.DEVICE.80');
    expect(fading.because[0]).toBe(`It fired at ${fired}. 77 is below 80, but not yet back across 70.`);
  });

  it('explains credits with the administrators as recipients', async () => {
    const { body } = await call(`GET ${alerts()}/CREDITS.below-0/explanation`, { as: msp.reader });
    expect(body).toMatchObject({
      because: [`It fired at ${fired}: -15 is below 0. It tells again once 3 was crossed back.`],
      lastEvaluation: { at: fired, value: -15, limit: 50 },
      recipients: [{ recipient: customer.admin.email }],
      recipientsFrom: 'ADMINISTRATORS',
    });
  });

  it('explains levels of the settings while they are off, or not evaluated yet', async () => {
    const own = await makeMsp();
    const { id } = await plantCustomer(own.id);
    const path = `/v1/customers/${id}`;
    const put = async (line: string, body: unknown) => {
      const answer = await call(`PUT ${line}`, { as: own.catalog, body, headers: { 'if-match': '*' } });
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    };
    const explain = async (threshold: number) => {
      const line = `GET ${path}/alerts/LICENCE.DEVICE.${threshold}/explanation`;
      return (await call(line, { as: own.reader })).body;
    };
    const add = (count: number) => {
      const items = Array.from({ length: count }, (_, at) => ({ type: 'DEVICE', name: `Item ${at}` }));
      return call(`POST ${path}/items`, { as: own.catalog, body: { items } });
    };
    await put('/v1/licence-pool/DEVICE', { licensed: 100 });
    await put(`${path}/licences`, { model: 'ALLOCATED', allocations: { DEVICE: { limit: 10 } } });
    await add(1);
    const first = (await explain(80)).lastEvaluation;
    expect(first).toMatchObject({ at: expect.any(String), used: 1 });
    await add(1);
    const second = (await explain(80)).lastEvaluation;
    expect(second.used).toBe(2);
    expect(second.at > first.at).toBe(true);

    await put(`${path}/notification-settings`, { enabled: false, thresholds: [20, 70] });
    expect(await explain(70)).toMatchObject({
      alert: { state: 'ARMED', since: null },
      because: ['It has not fired: 20 is below 70.', 'Notices are switched off.'],
      enabled: false,
      thresholds: [{ threshold: 20 }, { threshold: 70 }, { threshold: 100 }],
    });
    expect((await explain(20)).because[0]).toBe('It has not fired, though 20 is at or above 20.');
    expect((await explain(80)).status).toBe(404);

    await put(`${path}/notification-settings`, {});
    await put('/v1/notification-settings', { thresholds: [15] });
    expect((await explain(15)).because).toEqual([
      'It has not fired, though 20 is at or above 15.',
      'Its threshold has not been evaluated yet.',
    ]);
  });

  it('explains what is inherited through resellers, whoever asks', async () => {
    const own = await makeMsp();
    const reseller = await plantReseller(own);
    const leaf = await plantDirectly(reseller.admin);
    await plantMeter(leaf.id, 'DEVICE', { used: 77, limit: 100, bands: { 80: null, 100: null } });
    await plantSettings(own.id, { rearmPoints: 10, recipients: ['noc@msp.example.com'] });
    await plantSettings(reseller.id, { recipients: ['desk@reseller.example.com'] });
    for (const as of [own.reader, reseller.admin, await enlist(leaf.id, ['CUSTOMER_ADMINISTRATOR'])]) {
      const { body } = await call(`GET /v1/customers/${leaf.id}/alerts/LICENCE.DEVICE.80/explanation`, {
        as,
      });
      expect(body.recipients).toMatchObject([{ recipient: 'desk@reseller.example.com' }]);
      expect(body.thresholds[0]).toMatchObject({ threshold: 80, rearm: 70 });
    }
  });

  it('explains at the same price however many addresses are suppressed', async () => {
    listen();
    const price = async (as: Caller) => {
      const line = `GET ${alerts()}/LICENCE.DEVICE.80/explanation`;
      const { result, cost } = await measure(() => call(line, { as }));
      expect(result.body.recipients).toMatchObject([{ suppressed: 'BOUNCED' }]);
      // Calls that run beside each other end in any order.
      return { ...cost, calls: cost.calls.toSorted() };
    };
    await suppress('manager@msp.example.com');
    const one = await price(msp.reader);
    await Promise.all(Array.from({ length: 60 }, (_, at) => suppress(`gone-${at}@msp.example.com`)));
    expect(await price(msp.reader)).toEqual(one);
    expect(one.roundTrips).toBeLessThanOrEqual(2);
    expect((await price(customer.admin)).roundTrips).toBeLessThanOrEqual(2);
  });

  const suppress = (address: string) => {
    const recipientHash = emailHash(address);
    return plant({
      ...suppressionKey(customer.id, recipientHash),
      kind: 'suppression',
      recipient: address,
      recipientHash,
      because: 'BOUNCED',
      noticeId: noticeIdOf(recipientHash),
      at: fired,
      version: 1,
    });
  };

  it('says that a meter without a limit has no alert', async () => {
    const none = ['LICENCE.FIREWALL.80', 'LICENCE.ACCESS_POINT.80', 'LICENCE.DEVICE.81', 'CREDITS.below-9'];
    for (const id of none) {
      expect((await call(`GET ${alerts()}/${id}/explanation`, { as: msp.reader })).status).toBe(404);
      expect((await snooze(id)).status).toBe(404);
    }
  });
});

describe('a snooze', () => {
  it('makes notices be recorded and not sent, and recoveries too, until it is over', async () => {
    await snooze('LICENCE.DEVICE.80', { until: inDays(1) });
    const event = reached(85, [80]);
    await react(event);
    expect(box.mails).toHaveLength(0);
    expect(await states(event.id)).toEqual(['SNOOZE']);
    const later = reached(85, [80], inDays(2));
    await react(later);
    expect(box.mails).toHaveLength(1);
  });

  it('does not hold back a notice that also tells of another threshold', async () => {
    await snooze('LICENCE.DEVICE.80');
    await react(reached(130, [80, 100]));
    expect(box.mails).toHaveLength(1);
  });

  it('ends early when a graver threshold of its meter is reached, and only then', async () => {
    await snooze('LICENCE.DEVICE.80');
    await snooze('CREDITS.below-50');
    await snooze('CREDITS.below-0');
    await react(reached(100, [100]));
    expect(box.mails).toHaveLength(1);
    const snoozed = async () => {
      const { body } = await call(`GET ${alerts()}`, { as: msp.reader });
      const held = body.items.filter((one: { snoozedUntil: string | null }) => one.snoozedUntil);
      return held.map(({ id }: { id: string }) => id);
    };
    expect(await snoozed()).toEqual(['CREDITS.below-0', 'CREDITS.below-50']);
    const receipt = (await receiptsOf(customer.id)).find(({ action }) => action === 'notices.record');
    expect(receipt).toMatchObject({ after: { endedSnoozes: ['LICENCE.DEVICE.80'] } });
    expect(String(receipt?.ev)).toContain('notifications.snooze_ended.v1');

    const low = happened(balanceLow, { providerId: msp.id, customerId: customer.id }, below(-15, [0]));
    await react(low);
    expect(await states(low.id)).toEqual(['SNOOZE']);
    expect(await snoozed()).toEqual(['CREDITS.below-0']);
  });

  it('can be read, set anew and taken back', async () => {
    const path = `${alerts()}/LICENCE.DEVICE.80/snooze`;
    expect((await call(`GET ${path}`, { as: msp.reader })).status).toBe(404);
    expect((await call(`DELETE ${path}`, { as: msp.catalog, headers: { 'if-match': '*' } })).status).toBe(
      404,
    );
    const first = await snooze('LICENCE.DEVICE.80', { ticketId: `tic_${msp.id.slice(4)}` });
    expect(first.headers.etag).toBe('"1"');
    const second = await snooze('LICENCE.DEVICE.80', { reason: 'Longer' }, customer.admin);
    expect(second.headers.etag).toBe('"2"');
    const read = await call(`GET ${path}`, { as: customer.admin });
    expect(read).toMatchObject({ body: { reason: 'Longer', ticketId: null }, headers: { etag: '"2"' } });
    const take = (ifMatch?: string) =>
      call(`DELETE ${path}`, { as: msp.catalog, headers: ifMatch ? { 'if-match': ifMatch } : {} });
    expect((await take()).status).toBe(428);
    expect((await take('"1"')).status).toBe(412);
    expect((await take('"2"')).status).toBe(204);
    expect((await take('"3"')).status).toBe(404);
    await react(reached(85, [80]));
    expect(box.mails).toHaveLength(1);
    const actions = (await receiptsOf(customer.id)).map(({ action }) => action);
    expect(actions).toEqual(['alerts.snooze', 'alerts.snooze', 'alerts.end_snooze', 'notices.record']);
  });

  it('refuses what it cannot keep, naming the field', async () => {
    const bad: [Record<string, unknown>, string][] = [
      [{ until: '2020-01-01T00:00:00Z' }, '#/until'],
      [{ until: inDays(4000) }, '#/until'],
      [{ until: 'tomorrow' }, '#/until'],
      [{ reason: '' }, '#/reason'],
      [{ reason: 'x'.repeat(501) }, '#/reason'],
      [{ reason: 'a\u202eb' }, '#/reason'],
      [{ ticketId: 'T-1' }, '#/ticketId'],
      [{ days: 3 }, '#/days'],
    ];
    for (const [body, pointer] of bad) {
      const { body: answer } = await snooze('LICENCE.DEVICE.80', body);
      expect(answer).toMatchObject({ status: 400, errors: [{ pointer }] });
    }
    for (const id of ['DEVICE', 'CREDITS.', 'CREDITS.below_50', 'LICENCE.DEVICE.80#x', 'A'.repeat(200)]) {
      const { body } = await snooze(encodeURIComponent(id));
      expect(body).toMatchObject({ status: 400, errors: [{ pointer: '#/params/alertId' }] });
    }
    expect(await receiptsOf(customer.id)).toEqual([]);
  });

  it('is nobody’s business outside the customer’s provider', async () => {
    const stranger = await makeMsp();
    const neighbour = await plantCustomer(msp.id);
    const path = `${alerts()}/LICENCE.DEVICE.80`;
    expect((await snooze('LICENCE.DEVICE.80', {}, stranger.catalog)).status).toBe(404);
    expect((await snooze('LICENCE.DEVICE.80', {}, neighbour.admin)).status).toBe(404);
    expect((await snooze('LICENCE.DEVICE.80', {}, msp.reader)).status).toBe(403);
    for (const line of [`GET ${alerts()}`, `GET ${path}/explanation`, `GET ${path}/snooze`]) {
      expect((await call(line, { as: stranger.system })).status).toBe(404);
    }
    const headers = { 'if-match': '*' };
    expect((await call(`DELETE ${path}/snooze`, { as: stranger.catalog, headers })).status).toBe(404);
  });
});

it('a notice of a customer that has been deleted since is told to nobody', async () => {
  const gone = newId('customer', Date.now());
  await react(happened(balanceLow, { providerId: msp.id, customerId: gone }, below(-15, [0])));
  expect(box.mails).toEqual([]);
  expect(await receiptsOf(gone)).toEqual([]);
});
