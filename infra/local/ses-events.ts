import type { Mail } from './ses.ts';

/** What becomes of a mail: addresses of the SES mailbox simulator, with or without a label, bounce or complain. */
export function fateOf(address: string): 'Delivery' | 'Bounce' | 'Complaint' {
  const [, fate] = /^(bounce|complaint)(?:\+[^@]*)?@simulator\.amazonses\.com$/.exec(address) ?? [];
  return fate === 'bounce' ? 'Bounce' : fate === 'complaint' ? 'Complaint' : 'Delivery';
}

/** What EventBridge calls each kind of event. */
export const detailTypes = {
  Send: 'Email Sent',
  Delivery: 'Email Delivered',
  Bounce: 'Email Bounced',
  Complaint: 'Email Complaint Received',
} as const;

/** The event that SES publishes about a mail. */
export function toDetail(mail: Mail, kind: keyof typeof detailTypes): Record<string, unknown> {
  const { at, messageId, to } = mail;
  const particulars = {
    Send: { send: {} },
    Delivery: {
      delivery: {
        timestamp: at,
        recipients: to,
        smtpResponse: '250 2.6.0 Message received',
        processingTimeMillis: 1,
      },
    },
    Bounce: {
      bounce: {
        bounceType: 'Permanent',
        bounceSubType: 'General',
        bouncedRecipients: to.map((emailAddress) => ({ emailAddress, status: '5.1.1', action: 'failed' })),
        timestamp: at,
        feedbackId: messageId,
      },
    },
    Complaint: {
      complaint: {
        complainedRecipients: to.map((emailAddress) => ({ emailAddress })),
        complaintFeedbackType: 'abuse',
        timestamp: at,
        feedbackId: messageId,
      },
    },
  } as const;
  const tags = Object.fromEntries(Object.entries(mail.tags).map(([name, value]) => [name, [value]]));
  return {
    eventType: kind,
    mail: {
      timestamp: at,
      source: mail.from,
      messageId,
      destination: to,
      tags,
      commonHeaders: { subject: mail.subject, to },
    },
    ...particulars[kind],
  };
}
