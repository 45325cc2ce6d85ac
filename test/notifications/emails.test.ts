import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allocationThreshold, testNoticeRequested } from '../../lib/licensing/events.ts';
import {
  balanceLow,
  balanceRecovered,
  licenceReached,
  licenceRecovered,
  lines,
  oneLine,
  toMail,
} from '../../lib/notifications/emails.ts';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { plantCustomer } from '../kit/plant.ts';
import { call, type Msp, makeMsp } from '../kit/world.ts';
import { at, below, happened, plantSettings, react } from './scene.ts';

const about = {
  customerName: 'Contoso',
  accountManagerEmail: 'a@b.example.com',
  at: '2026-11-21T00:00:00.000Z',
};
const ours = { subject: null, message: null };

describe('what notices say', () => {
  it('names every threshold of one evaluation', () => {
    const { subject, text } = licenceReached(at(130, 100, [80, 100]), about, ours);
    expect(subject).toBe('Contoso: 130 % of DEVICE licences in use');
    expect(text).toContain('130 of 100 DEVICE licences (130 %); 0 are left');
    expect(text).toContain('80, 100 %');
    expect(licenceRecovered(at(60, 100, [80]), about).subject).toBe(
      'Contoso: DEVICE licences back below 80 %',
    );
  });

  it.each([
    [0, [50], 'below 50'],
    [-15, [0], 'below zero'],
    [-15, [50, 0], 'below 50 and below zero'],
    [-15, [0, 50], 'below 50 and below zero'],
  ])('a balance of %i: %j is "%s"', (balance, levels, words) => {
    expect(balanceLow(below(balance, levels), about)).toEqual({
      subject: `Contoso: credit balance ${words}`,
      text: `The credit balance of Contoso is ${balance}.\n\nIt fell ${words}.`,
    });
    expect(balanceRecovered(below(90, levels), about).subject).toContain(`no longer ${words}`);
  });

  it('keeps a value that looks like a variable as it is', () => {
    const named = { ...about, customerName: '$used $$ $customerName' };
    expect(licenceReached(at(85, 100, [80]), named, { subject: '$customerName', message: 'm' }).subject).toBe(
      '$used $$ $customerName',
    );
  });
});

const hostileCharacters = /[\p{Cc}\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;

describe('whatever the names and texts are', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.string({ unit: 'grapheme', maxLength: 400 }),
    fc.constantFrom('\r\nBcc: x@y.example', '<script>', '\ud800', '\u202e', '$used', '\0'),
  );

  it('a subject is one clean line of at most 200 characters, and cleaning twice changes nothing', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const line = oneLine(value);
        expect(line).not.toMatch(hostileCharacters);
        expect(line.isWellFormed()).toBe(true);
        expect(line.length).toBeLessThanOrEqual(200);
        expect(oneLine(line)).toBe(line);
      }),
    );
  });

  it('a mail has a subject and a text, and its HTML holds no markup of theirs', () => {
    fc.assert(
      fc.property(anything, anything, anything, (customerName, subject, message) => {
        const mail = toMail(
          licenceReached(at(85, 100, [80]), { ...about, customerName }, { subject, message }),
          'ntc_X',
        );
        expect(mail.subject).not.toBe('');
        expect(mail.text.replaceAll('\n', '')).not.toMatch(hostileCharacters);
        expect(lines(mail.text)).toBe(mail.text);
        const allowed = /<!doctype html>|<\/?(?:html|head|body|title|meta|p|br)(?: [a-z]+="[^"<>]*")*>/g;
        expect(mail.html.replace(allowed, '')).not.toMatch(/[<>]/);
      }),
    );
  });

  it('a text is cut, not refused, at 20,000 characters', () => {
    const { text } = licenceReached(
      at(85, 100, [80]),
      { ...about, customerName: 'x'.repeat(80) },
      { subject: 's', message: '$customerName '.repeat(700) },
    );
    expect(text).toHaveLength(20_000);
    expect(text.endsWith('…')).toBe(true);
  });
});

describe('what SES is given', () => {
  let box: Mailbox;
  let msp: Msp;
  beforeAll(async () => {
    box = await openMailbox();
    msp = await makeMsp();
  });
  afterAll(() => box.close());

  const corpus = [
    'Hello\r\nBcc: victim@example.com',
    'Hello\nContent-Type: text/html\n\n<h1>',
    'Hello\u2028Bcc: victim@example.com',
    'Hello\u0000\u0085\u001b[31m',
    '<script>alert(1)</script><img src=x onerror=alert(1)>',
    '"><a href="https://evil.example">click</a>',
    '\u202egnp.exe',
    '\ud800 lone',
    '$customerName {{constructor}} $\u007b7*7} <% 1 %> {{#each this}}',
    '=?utf-8?q?=0D=0ABcc:_victim=40example.com?=',
  ];

  it.each(corpus)('is one recipient, one line of subject and escaped HTML for %j', async (hostile) => {
    const customer = await plantCustomer(msp.id);
    await plantSettings(customer.id, {
      recipients: [
        'one@one.example.com',
        'two@one.example.com,three@one.example.com',
        'x@y.example.com\r\nBcc: z@y.example.com',
      ],
      subject: hostile.toWellFormed(),
      message: hostile.toWellFormed(),
    });
    box.mails.length = 0;
    const event = happened(
      allocationThreshold,
      { providerId: msp.id, customerId: customer.id },
      at(85, 100, [80]),
    );
    await react(event);
    expect(box.mails).toHaveLength(1);
    const asked = { personId: customer.admin.person, subject: hostile, message: hostile, values: {} };
    await react(
      happened(
        testNoticeRequested,
        { providerId: msp.id, customerId: customer.id, home: customer.id },
        asked,
      ),
    );
    expect(box.mails).toHaveLength(2);
    for (const mail of box.mails) {
      expect(mail.to).toHaveLength(1);
      expect(mail.to[0]).toMatch(/^[^\s,<>]+@[^\s,<>]+$/);
      expect(mail.subject).not.toMatch(hostileCharacters);
      expect(mail.subject).not.toContain('=?');
      expect(mail.html).not.toMatch(/<(?:script|img|a|h1)\b/i);
      expect(mail.text).not.toContain('49 <%');
      for (const value of Object.values(mail.tags)) expect(value).toMatch(/^[A-Za-z0-9_-]{1,256}$/);
    }
    const { body } = await call(`GET /v1/customers/${customer.id}/notices?limit=1`, { as: msp.reader });
    expect(body.items).toHaveLength(1);
  });
});
