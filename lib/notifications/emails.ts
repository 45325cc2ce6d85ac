import type { Crossing } from '../kit/band.ts';
import { htmlMail } from '../kit/html.ts';
import { render } from '../kit/template.ts';
import { defaultMessage, defaultSubject, type NoticeValues } from '../licensing/events.ts';
import { isByDays } from './alert.ts';

/** What a notice says, before it becomes a mail. */
export interface Message {
  readonly subject: string;
  readonly text: string;
}

const subjectMost = 200;
const textMost = 20_000;
const breaks = /[\p{Cc}\u2028\u2029]/gu;
const invisible = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** One header line: no control, bidirectional or invisible characters, no encoded words, at most `most` characters. */
export function oneLine(value: string, most = subjectMost): string {
  const clean = value
    .toWellFormed()
    .replace(breaks, ' ')
    .replace(invisible, '')
    .replaceAll('=?', '= ?')
    .replace(/ {2,}/g, ' ')
    .trim();
  return shorten(clean, most);
}

/** Several lines of text, cleaned in the same way, line feeds kept. */
export function lines(value: string, most = textMost): string {
  const clean = value
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(breaks, (found) => (found === '\n' ? found : ' '))
    .replace(invisible, '')
    .trim();
  return shorten(clean, most);
}

function shorten(value: string, most: number): string {
  if (value.length <= most) return value;
  return `${value.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

const listed = (parts: readonly string[]) =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

/** Data of a licence notice; `resourceType` comes from the event. */
export interface LicenceFacts extends Crossing {
  readonly resourceType: string;
  readonly allocated: number;
  readonly used: number;
  readonly usedPercent: number;
  readonly remaining: number;
}

export interface About {
  readonly customerName: string;
  readonly accountManagerEmail: string;
  /** When it happened. */
  readonly at: string;
}

/** Templates in force; null means the default text. */
export interface Templates {
  readonly subject: string | null;
  readonly message: string | null;
}

/** Values of the variables that an editable text may use. Source: domain.md §2.3.5. */
export function variablesOf(facts: LicenceFacts, about: About): NoticeValues {
  return {
    customerName: about.customerName,
    accountManagerEmail: about.accountManagerEmail,
    resourceType: facts.resourceType,
    allocated: String(facts.allocated),
    used: String(facts.used),
    remaining: String(facts.remaining),
    usedPercent: String(facts.usedPercent),
    threshold: facts.thresholds.map(({ at }) => String(at)).join(', '),
    time: about.at,
  };
}

const percents = (facts: Crossing) => listed(facts.thresholds.map(({ at }) => `${at} %`));

/** Use reached thresholds of an allocation: the edited text, or the default one. */
export function licenceReached(facts: LicenceFacts, about: About, templates: Templates): Message {
  const values = variablesOf(facts, about);
  const subject = templates.subject ?? defaultSubject;
  const message = templates.message ?? defaultMessage;
  return compose(render(subject, values), render(message, values));
}

export function licenceRecovered(facts: LicenceFacts, about: About): Message {
  return compose(
    `${about.customerName}: ${facts.resourceType} licences back below ${percents(facts)}`,
    `${about.customerName} uses ${facts.used} of ${facts.allocated} licences of ${facts.resourceType} (${facts.usedPercent} %).\n\nUse is back below ${percents(facts)} of the allocation.`,
  );
}

/** Data of a notice about a limit that may be exceeded. */
export interface OverLimitFacts {
  readonly resourceType: string;
  readonly allocated: number | null;
  readonly used: number;
  readonly graceUntil: string | null;
  readonly effect: 'block-new' | 'mark';
}

/** Use went beyond a soft limit: since when, and what follows when. */
export function overLimit(facts: OverLimitFacts, about: About): Message {
  const { resourceType, allocated, used, graceUntil, effect } = facts;
  const follows =
    effect === 'block-new'
      ? `From ${graceUntil} on, new items wait unmanaged until use is back within the limit.`
      : `Nothing is blocked. Grace ends on ${graceUntil}; until use is back within the limit it stays marked.`;
  return compose(
    `${about.customerName}: over the limit of ${resourceType} licences`,
    `${about.customerName} uses ${used} licences of ${resourceType}; its limit is ${allocated}. It is over the limit since ${about.at}.\n\n${follows}`,
  );
}

export function withinLimit({ resourceType, allocated, used }: OverLimitFacts, about: About): Message {
  const limit = allocated === null ? 'no limit is set any more' : `its limit is ${allocated}`;
  return compose(
    `${about.customerName}: back within the limit of ${resourceType} licences`,
    `${about.customerName} uses ${used} licences of ${resourceType}; ${limit}.`,
  );
}

/** A crossing of a balance; what is left in time where a threshold by days is among what was crossed. */
export interface CreditFacts extends Crossing {
  readonly daysLeft?: number | undefined;
  readonly exhaustsOn?: string | undefined;
}

const floors = (facts: Crossing) =>
  listed(
    [...facts.thresholds]
      .sort((a, b) => Number(isByDays(a.id)) - Number(isByDays(b.id)) || b.at - a.at)
      .map(({ id, at }) => (isByDays(id) ? `enough for less than ${at} days` : floor(at))),
  );
const floor = (at: number) => (at === 0 ? 'below zero' : `below ${at}`);

function lasting({ daysLeft, exhaustsOn }: CreditFacts): string {
  if (daysLeft === undefined || exhaustsOn === undefined) return '';
  return daysLeft > 0
    ? `\n\nAt the pace of the last 30 days it lasts ${daysLeft} days, until ${exhaustsOn}.`
    : '\n\nNothing is left of it.';
}

export function balanceLow(facts: CreditFacts, about: About): Message {
  return compose(
    `${about.customerName}: credit balance ${floors(facts)}`,
    `The credit balance of ${about.customerName} is ${facts.value}.\n\nIt ${facts.thresholds.every(({ id }) => isByDays(id)) ? 'is' : 'fell'} ${floors(facts)}.${lasting(facts)}`,
  );
}

export function balanceRecovered(facts: CreditFacts, about: About): Message {
  return compose(
    `${about.customerName}: credit balance no longer ${floors(facts)}`,
    `The credit balance of ${about.customerName} is ${facts.value}.\n\nIt is no longer ${floors(facts)}.${lasting(facts)}`,
  );
}

/** Data of a notice that the automatic top-up has reached its cap of the day. */
export interface TopUpFacts {
  readonly balance: number;
  readonly below: number;
  readonly amount: number;
  readonly maxPerDay: number;
}

export function topUpStopped({ balance, below, amount, maxPerDay }: TopUpFacts, about: About): Message {
  return compose(
    `${about.customerName}: automatic top-up stopped for today`,
    `The credit balance of ${about.customerName} is ${balance}, below ${below} again.\n\nThe automatic top-up of ${amount} credits has run ${maxPerDay} times today (UTC), which is the most allowed a day. Until tomorrow credits have to be granted by hand.`,
  );
}

/** Data of a notice that a request waits for an approval. */
export interface WaitingFacts {
  readonly requestId: string;
  readonly name: string;
  readonly quantity: number;
  readonly unit: 'FREE' | 'CREDITS' | 'CURRENCY';
  readonly total: number;
  readonly currency: string | null;
}

export function approvalWaiting(facts: WaitingFacts, about: About): Message {
  const { requestId, name, quantity, unit, total, currency } = facts;
  const credits = `${total} credits, which are taken already and come back if it is rejected`;
  const money = `${currency} ${(total / 100).toFixed(2)}`;
  const cost = unit === 'FREE' ? 'nothing' : unit === 'CREDITS' ? credits : money;
  return compose(
    `${about.customerName}: a request waits for approval`,
    `${name} was requested at ${about.at}, ${quantity} of it. It costs ${cost}.\n\nRequest ${requestId} waits for the approval of an administrator other than who asked.`,
  );
}

/** A sample that someone asked for; its texts were rendered where they are edited. */
export function sample(subject: string, text: string): Message {
  return compose(subject, text);
}

/** A message of clean lines, never empty. */
export function compose(subject: string, text: string): Message {
  return { subject: oneLine(subject) || 'Notice', text: lines(text) || 'Notice' };
}

/** A notice's message as one mail. The notice's id lets a reader see that two mails are the same notice. */
export function toMail(message: Message, noticeId: string): Message & { readonly html: string } {
  const text = `${message.text}\n\n--\nNotice ${noticeId}`;
  return { subject: message.subject, text, html: htmlMail(message.subject, text) };
}
