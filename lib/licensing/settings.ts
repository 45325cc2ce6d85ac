import type * as z from 'zod';
import { announce } from '../kit/event.ts';
import { emailHash } from '../kit/membership.ts';
import { answer, difference, expectVersion, type Plan, refuse } from '../kit/plan.ts';
import { resourceTypes } from '../kit/resource.ts';
import { type Account, customerUnchanged, meterOf, turn } from './account.ts';
import { defaultsChanged } from './events.ts';
import type { MeterChange } from './meter.ts';
import {
  type Layers,
  layersUnchanged,
  type NewNotification,
  type Notification,
  type notificationView,
  notificationWrite,
  thresholdsOf,
  toNotification,
  viewNotification,
} from './notification.ts';
import { notAllocated } from './problems.ts';
import type { ResourceType } from './resource.ts';
import { termsKey } from './terms.ts';

type View = z.infer<typeof notificationView>;

/** Saves a customer's settings and evaluates its meters by them: a threshold born crossed is told at once. */
export function saveSettings(
  account: Account,
  command: NewNotification,
  at: { now: string; ifMatch: string | undefined },
): Plan<View> {
  expectVersion(at.ifMatch, account.own.version);
  if (account.terms.model !== 'ALLOCATED') refuse(notAllocated);
  const after: Account = { ...account, own: merged(command, account.own.version) };
  const turned = evaluateAll(after, { now: at.now, touch: (type) => tellsOtherwise(account, after, type) });
  return {
    writes: [
      notificationWrite(account.customerId, after.own),
      { do: 'check', key: termsKey(account.customerId), version: account.terms.version },
      ...turned.writes,
      ...(account.own.version === 0 ? customerUnchanged(account) : []),
    ],
    receipt: {
      action: 'licensing.set_notification',
      subject: account.customerId,
      ...difference(auditable(account.own), auditable(after.own)),
    },
    announcements: turned.announcements,
    reply: { body: viewNotification(after), version: after.own.version + 1 },
  };
}

/** Saves a provider's defaults; customers that inherit changed thresholds are evaluated by a reaction. */
export function saveDefaults(
  of: { providerId: string; defaults: Notification },
  command: NewNotification,
  ifMatch: string | undefined,
): Plan<View> {
  expectVersion(ifMatch, of.defaults.version);
  const after = merged(command, of.defaults.version);
  const [was, is] = [of.defaults, after].map((defaults) => ({ own: toNotification(undefined), defaults }));
  const other = was && is && resourceTypes.some((type) => tellsOtherwise(was, is, type));
  return {
    writes: [notificationWrite(of.providerId, after)],
    receipt: {
      action: 'licensing.set_notification_defaults',
      subject: of.providerId,
      ...difference(auditable(of.defaults), auditable(after)),
    },
    announcements: other ? [announce(defaultsChanged, of.providerId, { after: null })] : [],
    reply: { body: viewDefaults(after), version: after.version + 1 },
  };
}

/** What a customer's limits come to under the defaults that are in force now; nothing to write where nothing changes. */
export function reevaluate(account: Account, now: string): Plan {
  const turned = evaluateAll(account, { now });
  if (turned.writes.length === 0) return answer(undefined);
  return {
    writes: [...turned.writes, ...layersUnchanged(account)],
    receipt: {
      action: 'licensing.evaluate',
      subject: account.customerId,
      reason: 'The provider’s notification defaults were changed',
    },
    announcements: turned.announcements,
    reply: {},
  };
}

/** What an audit entry, which is kept for good, says of settings: recipients by the hashes of their addresses. */
function auditable({ recipients, ...rest }: Notification) {
  return { ...rest, recipients: recipients?.map(emailHash) ?? null };
}

/** Evaluates all limits of a customer by what is in force now. */
function evaluateAll(
  account: Account,
  at: { now: string; touch?: (type: ResourceType) => boolean },
): ReturnType<typeof turn> {
  const limited = [...account.meters.keys()].filter((type) => (meterOf(account, type).limit ?? 0) > 0);
  return turn(account, new Map(limited.map((type): [ResourceType, MeterChange] => [type, {}])), at);
}

export function viewDefaults(defaults: Notification): View {
  return viewNotification({ own: defaults, defaults: toNotification(undefined) });
}

function merged(command: NewNotification, version: number): Notification {
  const { enabled, thresholds, rearmPoints, recipients, subject, message, perType } = command;
  return {
    enabled: enabled ?? null,
    thresholds: thresholds ?? null,
    perType: perType
      ? Object.fromEntries(
          Object.entries(perType).filter(
            (entry): entry is [string, { thresholds: number[] }] => entry[1] !== undefined,
          ),
        )
      : null,
    rearmPoints: rearmPoints ?? null,
    recipients: recipients ?? null,
    subject: subject ?? null,
    message: message ?? null,
    version,
  };
}

function tellsOtherwise(before: Layers, after: Layers, type: ResourceType): boolean {
  return JSON.stringify(thresholdsOf(before, type)) !== JSON.stringify(thresholdsOf(after, type));
}
