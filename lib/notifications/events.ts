import * as z from 'zod';
import { event } from '../kit/event.ts';

const noticeId = 'ntc_00000000000000000000000000';

export const alertSnoozed = event({
  type: 'notifications.alert_snoozed.v1',
  summary: 'An alert will tell nobody until a date, or until a graver threshold of its meter is reached',
  data: z.strictObject({ alertId: z.string(), until: z.string() }),
  example: { alertId: 'LICENCE.DEVICE.80', until: '2026-12-01T00:00:00.000Z' },
});

export const snoozeEnded = event({
  type: 'notifications.snooze_ended.v1',
  summary: 'An alert tells again: the snooze was taken back, or a graver threshold was reached',
  data: z.strictObject({ alertId: z.string(), because: z.enum(['TAKEN_BACK', 'GRAVER_THRESHOLD']) }),
  example: { alertId: 'LICENCE.DEVICE.80', because: 'GRAVER_THRESHOLD' },
});

export const resendRequested = event({
  type: 'notifications.resend_requested.v1',
  summary: 'A notice is to be sent again to all its recipients',
  data: z.strictObject({ noticeId: z.string(), attempt: z.number() }),
  example: { noticeId, attempt: 2 },
});

export const addressSuppressed = event({
  type: 'notifications.address_suppressed.v1',
  summary: 'An address bounced for good or complained: the customer’s notices no longer go there',
  data: z.strictObject({
    recipientHash: z.string().describe('The address itself is not announced'),
    because: z.enum(['BOUNCED', 'COMPLAINED']),
    noticeId: z.string(),
  }),
  example: { recipientHash: 'x'.repeat(43), because: 'BOUNCED', noticeId },
});

export const addressReleased = event({
  type: 'notifications.address_released.v1',
  summary: 'Notices go to an address again',
  data: z.strictObject({ recipientHash: z.string() }),
  example: { recipientHash: 'x'.repeat(43) },
});
