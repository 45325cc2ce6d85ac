import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inherit } from '../../lib/kit/inherit.ts';
import { emailHash } from '../../lib/kit/membership.ts';
import { canonicalEmail } from '../../lib/kit/text.ts';
import { type Alert, isGraver, partsOf } from '../../lib/notifications/alert.ts';
import { type Delivery, toDelivery } from '../../lib/notifications/delivery.ts';
import { feedback, feedbackTypes, hear } from '../../lib/notifications/feedback.ts';
import { mostRecipients, tell } from '../../lib/notifications/notice.ts';
import { toLayers } from '../../lib/notifications/settings.ts';

const tenantId = 'cus_00000000000000000000000000';
const ulid = '01KAHG00000000000000000000';
const now = '2026-11-21T10:00:00.000Z';

const ids = ['LICENCE.DEVICE.50', 'LICENCE.DEVICE.80', 'LICENCE.DEVICE.100'];
const address = fc
  .tuple(fc.constantFrom('a', 'b', 'C', 'c'), fc.nat(60))
  .map(([letter, n]) => `${letter}${n}@one.example.com`);
const known = fc.subarray(ids).chain((chosen) =>
  fc
    .tuple(...chosen.map(() => fc.constantFrom('2026-11-21T09:00:00.000Z', '2026-11-22T00:00:00.000Z', null)))
    .map((untils): Alert[] =>
      chosen.map((id, index) => {
        const until = untils[index] ?? null;
        const snooze = until ? { until, since: now, by: 'per_x', reason: null, ticketId: null } : null;
        return { id, version: index + 1, snooze, lastNotice: null };
      }),
    ),
);

describe('telling', () => {
  it('is one notice, one delivery per address, within one transaction; silent only when all is snoozed', () => {
    fc.assert(
      fc.property(
        fc.subarray(ids, { minLength: 1 }),
        fc.array(address, { maxLength: 120 }),
        known,
        fc.constantFrom('REACHED' as const, 'RECOVERED' as const),
        (alerts, recipients, alertsKnown, kind) => {
          const telling = {
            tenantId,
            eventId: `evt_${ulid}`,
            kind,
            at: now,
            alerts,
            message: { subject: 's', text: 't' },
            recipients,
            known: alertsKnown,
          };
          const plan = tell(telling, now);
          const items = plan.writes.flatMap((write) => ('item' in write ? [write.item] : []));
          const deliveries = items.filter((item) => item.kind === 'delivery').map(toDelivery);
          const different = new Set(recipients.map(canonicalEmail)).size;
          expect(deliveries).toHaveLength(Math.min(different, mostRecipients));
          expect(new Set(deliveries.map(({ recipientHash }) => recipientHash)).size).toBe(deliveries.length);
          expect(plan.writes.length + 1).toBeLessThanOrEqual(100);
          const isSnoozed = (id: string) =>
            alertsKnown.some((one) => one.id === id && (one.snooze?.until ?? '') > now);
          const silent = alerts.every(isSnoozed);
          for (const one of deliveries) expect(one.state).toBe(silent ? 'SUPPRESSED' : 'PENDING');
          const left = items
            .filter((item) => item.kind === 'alert' && item.snooze !== null)
            .map(({ SK }) => SK);
          for (const one of alertsKnown) {
            const ends = kind === 'REACHED' && alerts.some((id) => isGraver(id, one.id));
            if (isSnoozed(one.id) && ends) expect(left).not.toContain(`A#${one.id}`);
          }
        },
      ),
    );
  });

  it('stays within one transaction however many snoozes it ends, the gravest first', () => {
    const levels = Array.from({ length: 90 }, (_, at) => at + 1);
    const fired = [91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 110].map((level) => `LICENCE.DEVICE.${level}`);
    const until = '2026-11-22T00:00:00.000Z';
    const plan = tell(
      {
        tenantId,
        eventId: `evt_${ulid}`,
        kind: 'REACHED',
        at: now,
        alerts: fired,
        message: { subject: 's', text: 't' },
        recipients: Array.from({ length: 120 }, (_, at) => `a${at}@one.example.com`),
        known: levels.map((level) => ({
          id: `LICENCE.DEVICE.${level}`,
          version: 1,
          snooze: { until, since: now, by: 'per_x', reason: null, ticketId: null },
          lastNotice: null,
        })),
      },
      now,
    );
    expect(plan.writes.length + 1).toBe(100);
    const ended = plan.announcements?.map(({ data }) => (data as { alertId: string }).alertId);
    expect(ended).toEqual([90, 89, 88, 87, 86, 85].map((level) => `LICENCE.DEVICE.${level}`));
  });

  it('finds graver what is further gone on the same meter', () => {
    expect(isGraver('LICENCE.DEVICE.100', 'LICENCE.DEVICE.80')).toBe(true);
    expect(isGraver('LICENCE.DEVICE.80', 'LICENCE.DEVICE.80')).toBe(false);
    expect(isGraver('LICENCE.FIREWALL.100', 'LICENCE.DEVICE.80')).toBe(false);
    expect(isGraver('CREDITS.below-0', 'CREDITS.below-50')).toBe(true);
    expect(isGraver('CREDITS.below-50', 'CREDITS.below-0')).toBe(false);
    expect(partsOf('LICENCE.DEVICE.80')).toEqual({ meter: 'LICENCE.DEVICE', thresholdId: '80' });
  });

  it('inherits each setting alone, from the nearest node that says something', () => {
    const layers = [
      { recipients: ['p@x.example.com'], subject: 'P', rearmPoints: 7 },
      undefined,
      { subject: 'C' },
    ];
    expect(inherit(toLayers(layers))).toEqual({
      enabled: true,
      rearmPoints: 7,
      recipients: ['p@x.example.com'],
      subject: 'C',
      message: null,
    });
  });
});

describe('feedback in any order', () => {
  const rank = ['PENDING', 'SENT', 'DELIVERED', 'BOUNCED', 'COMPLAINED'];
  const said = feedback.parse({
    mail: { messageId: 'm', tags: { tenant: ['t'], notice: ['n'], recipient: ['r'], attempt: ['1'] } },
    bounce: { bounceType: 'Permanent', bounceSubType: 'General' },
    complaint: {},
  });
  const sent: Delivery = {
    noticeId: `ntc_${ulid}`,
    recipient: 'a@one.example.com',
    recipientHash: emailHash('a@one.example.com'),
    attempt: 1,
    version: 3,
    at: now,
    state: 'SENT',
    messageId: 'm',
  };

  it('only moves up, marks the address once, and ends the same whatever came twice', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...feedbackTypes), { maxLength: 12 }), (types) => {
        let current = sent as Delivery;
        let marks = 0;
        for (const type of types) {
          const plan = hear({ tenantId, delivery: current, isSuppressed: marks > 0 }, { type, said, now });
          marks += plan.writes.filter((write) => write.do === 'create').length;
          const [moved] = plan.writes;
          if (!moved) continue;
          const after = toDelivery('item' in moved ? moved.item : {});
          expect(after.version).toBe(current.version + 1);
          if (type !== 'Email Delivery Delayed' && after.state !== 'FAILED' && current.state !== 'FAILED') {
            expect(rank.indexOf(after.state)).toBeGreaterThan(rank.indexOf(current.state));
          }
          current = after;
        }
        const complained = types.includes('Email Complaint Received');
        if (complained) expect(current.state).toBe('COMPLAINED');
        expect(marks).toBeLessThanOrEqual(1);
        if (complained) expect(marks).toBe(1);
      }),
    );
  });
});
