import * as z from 'zod';
import { chosenThresholds, inherit } from '../kit/inherit.ts';
import { settingsKey } from '../kit/keys.ts';
import type { Item, Write } from '../kit/plan.ts';
import { resourceTypes } from '../kit/resource.ts';
import { unknownVariables } from '../kit/template.ts';
import { line, paragraph, whole } from '../kit/text.ts';
import { defaultMessage, defaultSubject, noticeVariables } from './events.ts';
import { recipients } from './recipients.ts';
import type { ResourceType } from './resource.ts';

const thresholds = z
  .array(whole(1, 200))
  .min(1)
  .max(10)
  .refine((list) => new Set(list).size === list.length, 'names a threshold twice')
  .describe('Whole percentages of the limit; above 100 only soft limits get there. 100 is always told.');

const known = (text: string, context: z.RefinementCtx) => {
  for (const variable of unknownVariables(text, noticeVariables)) {
    const message = `$${variable} is not a variable here; known: ${noticeVariables.map((one) => `$${one}`).join(', ')}`;
    context.addIssue({ code: 'custom', message });
  }
};
const small = (text: string) => new TextEncoder().encode(text).length <= 10_240;

export const subject = line(200).superRefine(known);
export const message = paragraph(10_240).refine(small, 'must have at most 10 kB').superRefine(known);

const perType = z.strictObject(
  Object.fromEntries(
    resourceTypes.map((type) => [type, z.strictObject({ thresholds }).optional()]),
  ) as Record<ResourceType, z.ZodOptional<z.ZodObject<{ thresholds: typeof thresholds }, z.core.$strict>>>,
);

const inherited = 'Absent or null: inherited';

/** Settings of a customer, or a provider's defaults for its customers. */
export const newNotification = z.strictObject({
  enabled: z.boolean().nullish().describe(`Whether anything is told. ${inherited}, at last true`),
  thresholds: thresholds.nullish().describe(`${inherited}, at last [80]`),
  perType: perType.nullish().describe('Other thresholds for single resource types; each inherited alone'),
  rearmPoints: whole(1, 50)
    .nullish()
    .describe(`Points below a threshold that re-arm it. ${inherited}, at last 5`),
  recipients: recipients.nullish().describe(`${inherited}, at last the account manager`),
  subject: subject.nullish().describe(`One line; may use $variables. ${inherited}`),
  message: message.nullish().describe(`At most 10 kB; may use $variables. ${inherited}`),
});
export type NewNotification = z.output<typeof newNotification>;

const overrides = z.record(z.string(), z.strictObject({ thresholds: z.array(z.number()) }));
const own = z.strictObject({
  enabled: z.boolean().nullable(),
  thresholds: z.array(z.number()).nullable(),
  perType: overrides.nullable(),
  rearmPoints: z.number().nullable(),
  recipients: z.array(z.string()).nullable(),
  subject: z.string().nullable(),
  message: z.string().nullable(),
});

/** What callers see: what is set here, and what is in force with everything inherited. */
export const notificationView = own.extend({
  effective: z.strictObject({
    enabled: z.boolean(),
    thresholds: z.array(z.number()),
    perType: overrides,
    rearmPoints: z.number(),
    recipients: z.array(z.string()).nullable().describe('null: the customer’s account manager'),
    subject: z.string(),
    message: z.string(),
  }),
});

/** Stored settings; of version 0 and all inherited where nothing was set. */
export interface Notification extends z.infer<typeof own> {
  readonly version: number;
}

const stored = own.extend({ version: z.number() }).partial().strip();

export function toNotification(item: Readonly<Record<string, unknown>> | undefined): Notification {
  const none = {
    enabled: null,
    thresholds: null,
    perType: null,
    rearmPoints: null,
    recipients: null,
    subject: null,
    message: null,
    version: 0,
  };
  const found = item ? stored.parse(item) : {};
  return { ...none, ...Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) };
}

export const notificationKey = (nodeId: string) => settingsKey(nodeId, 'NOTIFICATION');

/** Stored without what is inherited, so that whoever reads the item sees only what was set. */
export function notificationWrite(nodeId: string, settings: Notification): Write {
  const { version, ...rest } = settings;
  const set = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
  const item: Item & { version: number } = {
    ...notificationKey(nodeId),
    ...set,
    kind: 'notificationSettings',
    version: version + 1,
  };
  return version === 0 ? { do: 'create', item } : { do: 'replace', item, version };
}

export interface Layers {
  readonly own: Notification;
  readonly defaults: Notification;
}

/** The percentages in force for a resource type: the nearest word counts, 100 is built in, off means none. */
export function thresholdsOf({ own, defaults }: Layers, type: ResourceType) {
  const layers = [defaults, own];
  const { enabled, rearmPoints } = inherit(layers);
  return {
    thresholds: enabled ? [...new Set([...chosenThresholds(layers, type), 100])] : [],
    rearmPoints,
  };
}

export function viewNotification({ own, defaults }: Layers): z.infer<typeof notificationView> {
  const { version: _version, ...set } = own;
  const { enabled, rearmPoints, recipients } = inherit([defaults, own]);
  return {
    ...set,
    effective: {
      enabled,
      thresholds: [...chosenThresholds([defaults, own])],
      perType: own.thresholds ? (own.perType ?? {}) : { ...defaults.perType, ...own.perType },
      rearmPoints,
      ...wordsOf({ own, defaults }),
      recipients: recipients && [...recipients],
    },
  };
}

export function wordsOf({ own, defaults }: Layers): { subject: string; message: string } {
  const { subject, message } = inherit([defaults, own]);
  return { subject: subject ?? defaultSubject, message: message ?? defaultMessage };
}

/** Settings edited meanwhile would be evaluated as what they are no more: decide again then. */
export function layersUnchanged(of: Layers & { customerId: string; providerId: string }): Write[] {
  return [
    { do: 'check', key: notificationKey(of.customerId), version: of.own.version || null },
    { do: 'check', key: notificationKey(of.providerId), version: of.defaults.version || null },
  ];
}
