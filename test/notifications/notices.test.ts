import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { commit, get } from '../../lib/aws/db.ts';
import { balanceLow, balanceRecovered } from '../../lib/credits/events.ts';
import { deliveryKey } from '../../lib/kit/keys.ts';
import { emailHash } from '../../lib/kit/membership.ts';
import {
  allocationRecovered,
  allocationThreshold,
  overLimitChanged,
  testNoticeRequested,
} from '../../lib/licensing/events.ts';
import { noticeIdOf } from '../../lib/notifications/notice.ts';
import { meanwhile } from '../kit/faults.ts';
import { type Mailbox, openMailbox, paused, rejected, throttled } from '../kit/mailbox.ts';
import { plantCustomer } from '../kit/plant.ts';
import { type Caller, call, enlist, type Msp, makeMsp } from '../kit/world.ts';
import {
  at,
  below,
  happened,
  permanentBounce,
  plantSettings,
  react,
  receiptsOf,
  relay,
  sesTells,
} from './scene.ts';

let msp: Msp;
let box: Mailbox;
let customer: { id: string; admin: Caller };
const manager = 'manager@msp.example.com';

beforeAll(async () => {
  box = await openMailbox();
  msp = await makeMsp();
});
afterAll(() => box.close());
beforeEach(async () => {
  box.mails.length = 0;
  box.refuse(undefined);
  customer = await plantCustomer(msp.id);
});

const of = () => ({ providerId: msp.id, customerId: customer.id });
const reached = (used = 85, thresholds = [80]) =>
  happened(allocationThreshold, of(), at(used, 100, thresholds));
const notices = () => `/v1/customers/${customer.id}/notices`;
const read = async (eventId: string) =>
  (await call(`GET ${notices()}/${noticeIdOf(eventId)}`, { as: msp.reader })).body;

/** Changes a stored delivery below the API. */
async function rewrite(eventId: string, address: string, more: Record<string, unknown>): Promise<void> {
  const of = { recipientHash: emailHash(address), attempt: 1 };
  const key = deliveryKey(customer.id, noticeIdOf(eventId), of);
  const item = (await get(key, true)) ?? {};
  const version = Number(item.version);
  const write = { do: 'replace' as const, version, item: { ...item, ...key, ...more, version: version + 1 } };
  await commit([write], randomUUID(), Date.now() + 5000);
}

describe('a notice', () => {
  it('is mailed once to the account manager, and recorded', async () => {
    const event = reached(130, [80, 100]);
    await react(event);
    await react(event);
    expect(box.mails).toHaveLength(1);
    expect(box.mails[0]).toMatchObject({
      source: 'quartermaster@example.com',
      configurationSet: 'alerts',
      to: [manager],
      tags: {
        tenant: customer.id,
        notice: noticeIdOf(event.id),
        recipient: emailHash(manager),
        attempt: '1',
      },
    });
    expect(box.mails[0]?.subject).toContain('130 % of DEVICE');
    expect(box.mails[0]?.text).toContain('Threshold reached: 80, 100 %.');
    expect(await read(event.id)).toMatchObject({
      kind: 'REACHED',
      alerts: ['LICENCE.DEVICE.80', 'LICENCE.DEVICE.100'],
      recipients: 1,
      snoozed: false,
      deliveries: [{ recipient: manager, attempt: 1, state: 'SENT', messageId: box.mails[0]?.messageId }],
    });
    const [receipt] = await receiptsOf(customer.id);
    expect(receipt).toMatchObject({ action: 'notices.record', actor: { kind: 'system' } });
  });

  it('is mailed once when two workers get the same event at the same time', async () => {
    const event = reached();
    await Promise.all([react(event), react(event), react(event)]);
    expect(box.mails).toHaveLength(1);
  });

  it('is mailed once where another worker sends it between the look and the claim', async () => {
    const event = reached();
    meanwhile('PutItem', () => react(event));
    await react(event);
    expect(box.mails).toHaveLength(1);
  });

  it('goes to the recipients of the settings, the customer’s before the provider’s', async () => {
    const own = await makeMsp();
    customer = await plantCustomer(own.id);
    const reached = () =>
      happened(allocationThreshold, { providerId: own.id, customerId: customer.id }, at(85, 100, [80]));
    await plantSettings(own.id, { recipients: ['noc@msp.example.com'], subject: 'Mind $customerName' });
    await react(reached());
    expect(box.mails.map(({ to, subject }) => [to[0], subject])).toEqual([
      ['noc@msp.example.com', expect.stringMatching(/^Mind Customer /)],
    ]);
    await plantSettings(customer.id, {
      recipients: ['a@one.example.com', 'b@one.example.com', 'A@one.example.com'],
      message: '$used of $allocated, $remaining left, $usedPercent %: $threshold. $$5 $resourceType',
    });
    await react(reached());
    expect(
      box.mails
        .slice(1)
        .map(({ to }) => to[0]?.toLowerCase())
        .sort(),
    ).toEqual(['a@one.example.com', 'b@one.example.com']);
    expect(box.mails[1]?.subject).toMatch(/^Mind Customer /);
    expect(box.mails[1]?.text).toContain('85 of 100, 15 left, 85 %: 80. $5 DEVICE');
  });

  it('tells of credits to every administrator of the customer and nobody else', async () => {
    const second = await enlist(customer.id, ['CUSTOMER_ADMINISTRATOR']);
    await enlist(customer.id, ['CUSTOMER_OPERATOR']);
    await react(happened(balanceLow, of(), below(-15, [50, 0])));
    expect(box.mails.map(({ to }) => to[0]).sort()).toEqual([customer.admin.email, second.email].sort());
    expect(box.mails[0]?.subject).toContain('below 50 and below zero');
    expect(box.mails[0]?.text).toContain('is -15.');
    box.mails.length = 0;
    await react(happened(balanceRecovered, of(), below(60, [50])));
    expect(box.mails).toHaveLength(2);
    expect(box.mails[0]?.subject).toContain('no longer below 50');
  });

  it('tells of recoveries', async () => {
    const event = happened(allocationRecovered, of(), at(60, 100, [80]));
    await react(event);
    expect(box.mails[0]?.subject).toContain('back below 80 %');
    expect(await read(event.id)).toMatchObject({ kind: 'RECOVERED' });
  });

  it('sends a sample to the person who asked, and only there', async () => {
    const asked = {
      personId: msp.catalog.person,
      subject: 'Sample of $customerName',
      message: 'Ask $accountManagerEmail',
      values: { customerName: '$accountManagerEmail & Co' },
    };
    const event = happened(testNoticeRequested, { ...of(), home: msp.id }, asked);
    await react(event);
    await react(event);
    expect(box.mails.map(({ to, subject }) => [to[0], subject])).toEqual([
      [msp.catalog.email, 'Sample of $accountManagerEmail & Co'],
    ]);
    expect(box.mails[0]?.text).toContain('Ask manager@msp.example.com');
    expect(await read(event.id)).toMatchObject({ kind: 'SAMPLE', alerts: [] });
  });

  it('sends a sample of the provider’s defaults too', async () => {
    const asked = { personId: msp.catalog.person, subject: 'Defaults', message: 'Text', values: {} };
    const event = happened(testNoticeRequested, { providerId: msp.id, customerId: msp.id }, asked);
    await react({ ...event, tenant: { ...event.tenant, path: event.tenant.path.slice(0, 2) } });
    expect(box.to(msp.catalog.email)).toHaveLength(1);
  });

  it('is recorded as failed for a recipient that is no address, and goes to the others', async () => {
    await plantSettings(customer.id, { recipients: ['not an address', 'c@one.example.com'] });
    const event = reached();
    await react(event);
    const { deliveries } = await read(event.id);
    expect(deliveries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ recipient: 'not an address', state: 'FAILED' }),
        expect.objectContaining({ recipient: 'c@one.example.com', state: 'SENT' }),
      ]),
    );
  });
});

describe('use over a soft limit', () => {
  const over = (more = {}) =>
    happened(overLimitChanged, of(), { ...overLimitChanged.example, resourceType: 'DEVICE', ...more });
  const back = { overSince: null, graceUntil: null, used: 100 };

  it('is told to the administrators once when it begins and once when it ends', async () => {
    const [begins, ends] = [over(), over(back)];
    for (const event of [begins, begins, ends, ends]) await react(event);
    expect(box.mails.map(({ to }) => to)).toEqual([[customer.admin.email], [customer.admin.email]]);
    expect(box.mails.map(({ subject }) => subject.replace(/^.*?: /, ''))).toEqual([
      'over the limit of DEVICE licences',
      'back within the limit of DEVICE licences',
    ]);
    expect(box.mails[0]?.text).toContain('uses 101 licences of DEVICE; its limit is 100.');
    expect(box.mails[0]?.text).toContain('Nothing is blocked. Grace ends on 2026-01-15');
    expect(await read(begins.id)).toMatchObject({ kind: 'OVER_LIMIT', alerts: [], recipients: 1 });
    expect((await read(ends.id)).kind).toBe('WITHIN_LIMIT');
  });

  it('says what is blocked after grace, and a limit that is gone', async () => {
    await react(over({ effect: 'block-new' }));
    await react(over({ ...back, allocated: null }));
    expect(box.mails[0]?.text).toContain('on, new items wait unmanaged');
    expect(box.mails[1]?.text).toContain('no limit is set any more');
  });

  it('tells nobody twice whom the threshold of 100 % tells, and nobody while notices are off', async () => {
    await plantSettings(customer.id, { recipients: [customer.admin.email.toUpperCase()] });
    await react(over());
    customer = await plantCustomer(msp.id);
    await plantSettings(customer.id, { enabled: false });
    await react(over());
    expect(box.mails).toEqual([]);
    expect(await receiptsOf(customer.id)).toEqual([]);
  });
});

describe('sending', () => {
  it('is tried again by the queue when SES is throttled, and nothing is lost or doubled', async () => {
    const event = reached();
    box.refuse(throttled);
    await expect(react(event)).rejects.toThrow();
    expect((await read(event.id)).deliveries).toMatchObject([{ state: 'PENDING' }]);
    box.refuse(undefined);
    await react(event);
    await react(event);
    expect(box.mails).toHaveLength(1);
    expect((await read(event.id)).deliveries).toMatchObject([{ state: 'SENT' }]);
  });

  it.each([
    ['rejects', rejected, 'MessageRejected'],
    ['is paused', paused, 'AccountSendingPausedException'],
  ])('is over when SES %s', async (_, refusal, reason) => {
    const event = reached();
    box.refuse(refusal);
    const before = box.calls();
    await react(event);
    await react(event);
    expect(box.calls() - before).toBe(1);
    expect((await read(event.id)).deliveries).toMatchObject([{ state: 'FAILED', reason }]);
  });

  it('goes on after a crash between claim and send, once the lease is over', async () => {
    const event = reached();
    box.refuse(throttled);
    await expect(react(event)).rejects.toThrow();
    box.refuse(undefined);
    const leaseUntil = new Date(Date.now() + 900).toISOString();
    await crashed(event.id, leaseUntil);
    await react(event);
    expect(box.mails).toHaveLength(1);
    expect(new Date().toISOString() > leaseUntil).toBe(true);
    expect((await read(event.id)).deliveries).toMatchObject([{ state: 'SENT' }]);
  });

  /** Leaves the delivery as a worker does that dies while it sends. */
  const crashed = (eventId: string, leaseUntil: string) => rewrite(eventId, manager, { leaseUntil });
});

describe('feedback', () => {
  const only = () => box.mails[0] ?? expect.fail('no mail');
  const stateOf = async (eventId: string) => (await read(eventId)).deliveries[0].state;

  it('moves a delivery up, never down, and told twice changes nothing', async () => {
    const event = reached();
    await react(event);
    await sesTells(only(), 'Email Delivery Delayed', { deliveryDelay: { delayType: 'MailboxFull' } });
    expect((await read(event.id)).deliveries[0]).toMatchObject({
      state: 'SENT',
      delayedAt: expect.any(String),
    });
    await sesTells(only(), 'Email Delivered', { delivery: {} });
    expect(await stateOf(event.id)).toBe('DELIVERED');
    await sesTells(only(), 'Email Delivered', { delivery: {} });
    await sesTells(only(), 'Email Complaint Received', { complaint: { complaintFeedbackType: 'abuse' } });
    await sesTells(only(), 'Email Delivered', { delivery: {} });
    await sesTells(only(), 'Email Bounced', permanentBounce);
    const { deliveries } = await read(event.id);
    expect(deliveries).toMatchObject([{ state: 'COMPLAINED', reason: 'abuse' }]);
  });

  it.each([
    ['Email Rejected', { reject: { reason: 'Bad content' } }, 'Bad content'],
    ['Email Rendering Failed', { failure: { errorMessage: 'No such\r\nvalue' } }, 'No such value'],
  ])('%s is a failure with its reason', async (type, more, reason) => {
    const event = reached();
    await react(event);
    await sesTells(only(), type, more);
    expect((await read(event.id)).deliveries).toMatchObject([{ state: 'FAILED', reason }]);
  });

  it('a bounce for good suppresses the address; it can be released', async () => {
    await plantSettings(customer.id, { recipients: ['gone@one.example.com', 'here@one.example.com'] });
    const first = reached();
    await react(first);
    const [mail] = box.to('gone@one.example.com');
    await sesTells(mail ?? only(), 'Email Bounced', permanentBounce);
    await sesTells(mail ?? only(), 'Email Bounced', permanentBounce);
    const second = reached(100, [100]);
    await react(second);
    expect(box.to('gone@one.example.com')).toHaveLength(1);
    expect(box.to('here@one.example.com')).toHaveLength(2);
    expect((await read(second.id)).deliveries).toEqual(
      expect.arrayContaining([expect.objectContaining({ state: 'SUPPRESSED', why: 'ADDRESS' })]),
    );
    const suppressed = (await receiptsOf(customer.id)).filter(
      ({ action }) => action === 'addresses.suppress',
    );
    expect(suppressed).toHaveLength(1);

    const list = `/v1/customers/${customer.id}/suppressed-addresses`;
    const { body } = await call(`GET ${list}`, { as: customer.admin });
    expect(body.items).toMatchObject([{ recipient: 'gone@one.example.com', because: 'BOUNCED' }]);
    const one = `${list}/${body.items[0].id}`;
    const { headers } = await call(`GET ${one}`, { as: msp.reader });
    expect((await call(`DELETE ${one}`, { as: msp.catalog })).status).toBe(428);
    expect((await call(`DELETE ${one}`, { as: msp.catalog, headers: { 'if-match': '"9"' } })).status).toBe(
      412,
    );
    expect((await call(`DELETE ${one}`, { as: customer.admin, headers: { 'if-match': '*' } })).status).toBe(
      403,
    );
    const released = { as: msp.catalog, headers: { 'if-match': headers.etag ?? '' } };
    expect((await call(`DELETE ${one}`, released)).status).toBe(204);
    expect((await call(`DELETE ${one}`, released)).status).toBe(404);
    expect((await call(`GET ${one}`, { as: msp.reader })).status).toBe(404);
    await react(reached(85, [80]));
    expect(box.to('gone@one.example.com')).toHaveLength(2);
  });

  it('a passing bounce is recorded and suppresses nothing', async () => {
    const event = reached();
    await react(event);
    const bounce = { bounceType: 'Transient', bounceSubType: 'MailboxFull' };
    await sesTells(only(), 'Email Bounced', { bounce });
    expect((await read(event.id)).deliveries).toMatchObject([
      { state: 'BOUNCED', reason: 'Transient: MailboxFull' },
    ]);
    await react(reached());
    expect(box.mails).toHaveLength(2);
  });

  it('that comes before our own mark stands, and the mail is not sent again', async () => {
    const event = reached();
    box.refuse(throttled);
    await expect(react(event)).rejects.toThrow();
    box.refuse(undefined);
    const unmarked = {
      messageId: 'first-send',
      source: '',
      configurationSet: '',
      to: [manager],
      subject: '',
      text: '',
      html: '',
      tags: {
        tenant: customer.id,
        notice: noticeIdOf(event.id),
        recipient: emailHash(manager),
        attempt: '1',
      },
    };
    await sesTells(unmarked, 'Email Delivered', { delivery: {} });
    await react(event);
    expect(box.mails).toHaveLength(0);
    expect((await read(event.id)).deliveries).toMatchObject([
      { state: 'DELIVERED', messageId: 'first-send' },
    ]);
  });

  it('of a mail that is not ours is ignored and counted', async () => {
    const event = reached();
    await react(event);
    const mail = only();
    const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    await sesTells({ ...mail, messageId: 'forged' }, 'Email Bounced', permanentBounce);
    await sesTells(
      { ...mail, tags: { ...mail.tags, notice: noticeIdOf(reached().id) } },
      'Email Bounced',
      permanentBounce,
    );
    await sesTells({ ...mail, tags: { ...mail.tags, attempt: '../..' } }, 'Email Bounced', permanentBounce);
    await sesTells({ ...mail, tags: {} }, 'Email Bounced', permanentBounce);
    const counted = written.mock.calls.filter(([line]) => String(line).includes('"MailFeedbackIgnored":1'));
    written.mockRestore();
    expect(counted).toHaveLength(4);
    expect(await stateOf(event.id)).toBe('SENT');
  });
});

describe('resending', () => {
  const resend = (eventId: string, more = {}) =>
    call(`POST ${notices()}/${noticeIdOf(eventId)}/resend`, { as: msp.catalog, ...more });
  const go = () => relay(customer.id, 'notifications.resend_requested.v1');

  it('adds one delivery per recipient, once per key', async () => {
    const event = reached();
    await react(event);
    const before = await call(`GET ${notices()}/${noticeIdOf(event.id)}`, { as: msp.reader });
    const [first, again] = [await resend(event.id, { key: 'once' }), await resend(event.id, { key: 'once' })];
    expect(first).toMatchObject({ status: 202, body: { attempt: 2 } });
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(await go()).toBe(1);
    await go();
    expect(box.mails.map(({ tags }) => tags.attempt)).toEqual(['1', '2']);
    const after = await call(`GET ${notices()}/${noticeIdOf(event.id)}`, { as: msp.reader });
    expect(after.body.deliveries).toMatchObject([
      { attempt: 1, state: 'SENT' },
      { attempt: 2, state: 'SENT' },
    ]);
    expect(after.headers.etag).not.toBe(before.headers.etag);
  });

  it('is refused while it is being sent, without a recipient, and when it was sent too often', async () => {
    const event = reached();
    box.refuse(throttled);
    await expect(react(event)).rejects.toThrow();
    expect((await resend(event.id)).body).toMatchObject({ status: 409, code: 'notices.still_sending' });
    box.refuse(undefined);
    await react(event);
    for (let attempt = 2; attempt <= 5; attempt++) {
      expect((await resend(event.id)).status).toBe(202);
      await go();
    }
    expect((await resend(event.id)).body.code).toBe('notices.resent_too_often');
    expect(box.mails).toHaveLength(5);

    const nobody = happened(balanceLow, { providerId: msp.id, customerId: msp.id }, below(10, [50]));
    await react(nobody);
    expect(box.mails).toHaveLength(5);
  });

  it('hands out the same attempt again once its event has been given up', async () => {
    await plantSettings(customer.id, { recipients: ['a@one.example.com', 'b@one.example.com'] });
    const event = reached();
    box.refuse(throttled);
    await expect(react(event)).rejects.toThrow();
    box.refuse(undefined);
    expect((await resend(event.id)).body.code).toBe('notices.still_sending');
    for (const address of ['a@one.example.com', 'b@one.example.com']) await leaveFor(36, event.id, address);
    const before = await call(`GET ${notices()}/${noticeIdOf(event.id)}`, { as: msp.reader });
    expect(await resend(event.id)).toMatchObject({ status: 202, body: { attempt: 1 } });
    expect((await resend(event.id)).body.code).toBe('notices.still_sending');
    expect(await go()).toBe(1);
    await go();
    expect(box.mails.map(({ to, tags }) => [to[0], tags.attempt]).sort()).toEqual([
      ['a@one.example.com', '1'],
      ['b@one.example.com', '1'],
    ]);
    const after = await call(`GET ${notices()}/${noticeIdOf(event.id)}`, { as: msp.reader });
    expect(after.body.deliveries).toMatchObject([{ state: 'SENT' }, { state: 'SENT' }]);
    expect(after.headers.etag).not.toBe(before.headers.etag);
  });

  it('waits for a lease that lives, however old the delivery is', async () => {
    const event = reached();
    box.refuse(throttled);
    await expect(react(event)).rejects.toThrow();
    box.refuse(undefined);
    const leaseUntil = new Date(Date.now() + 60_000).toISOString();
    await leaveFor(36, event.id, manager, { leaseUntil });
    expect((await resend(event.id)).body.code).toBe('notices.still_sending');
  });

  /** Makes a delivery that waits look as if it had done so for some minutes. */
  const leaveFor = (minutes: number, eventId: string, address: string, more = {}) =>
    rewrite(eventId, address, { at: new Date(Date.now() - minutes * 60_000).toISOString(), ...more });

  it('is refused where nobody was to be told', async () => {
    await plantSettings(customer.id, { recipients: [] });
    const event = reached();
    await react(event);
    expect((await resend(event.id)).body).toMatchObject({ status: 409, code: 'notices.no_recipients' });
  });
});

describe('the list', () => {
  it('pages newest first with the subject and not the text', async () => {
    const events = [reached(80, [80]), reached(100, [100]), reached(81, [80])];
    for (const event of events) await react(event);
    const first = await call(`GET ${notices()}?limit=2`, { as: customer.admin });
    const next = await call(`GET ${notices()}?limit=2&cursor=${first.body.nextCursor}`, {
      as: customer.admin,
    });
    const ids = [...first.body.items, ...next.body.items].map(({ id }: { id: string }) => id);
    expect(ids).toEqual(
      events
        .map(({ id }) => noticeIdOf(id))
        .sort()
        .reverse(),
    );
    expect(first.body.items[0]).not.toHaveProperty('text');
    expect(next.body.nextCursor).toBeNull();
  });

  it('is nothing to strangers, and tells nothing to roles without the right', async () => {
    const event = reached();
    await react(event);
    const stranger = await makeMsp();
    const neighbour = await plantCustomer(msp.id);
    const one = `${notices()}/${noticeIdOf(event.id)}`;
    for (const as of [stranger.system, neighbour.admin]) {
      expect((await call(`GET ${notices()}`, { as })).status).toBe(404);
      expect((await call(`GET ${one}`, { as })).status).toBe(404);
    }
    expect((await call(`POST ${one}/resend`, { as: stranger.catalog })).status).toBe(404);
    expect((await call(`POST ${one}/resend`, { as: msp.reader })).status).toBe(403);
    const other = `/v1/customers/${neighbour.id}/notices/${noticeIdOf(event.id)}`;
    expect((await call(`GET ${other}`, { as: msp.reader })).status).toBe(404);
    expect((await call(`POST ${other}/resend`, { as: msp.catalog })).status).toBe(404);
    const bad = await call(`GET ${notices()}/ntc_1`, { as: msp.reader });
    expect(bad.body).toMatchObject({ status: 400, errors: [{ pointer: '#/params/noticeId' }] });
    expect(
      (await call(`POST ${one}/resend`, { as: msp.catalog, headers: {}, key: 'bad key' })).body,
    ).toMatchObject({
      status: 400,
      errors: [{ pointer: '#/headers/idempotency-key' }],
    });
  });
});
