import * as z from 'zod';
import { line, whole } from '../kit/text.ts';

const time = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, such as `03:30`')
  .describe('By the machine’s own clock');
const weekday = z.enum(['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY']);
const protocol = z.enum(['TCP', 'UDP', 'ICMP', 'ANY']);

const portRange = z
  .strictObject({ from: whole(1, 65_535), to: whole(1, 65_535) })
  .refine(({ from, to }) => from <= to, { path: ['to'], message: 'must not be below `from`' });

const rule = z
  .strictObject({
    direction: z.enum(['IN', 'OUT']),
    protocol,
    ports: z.array(portRange).max(10).describe('Empty: every port'),
    action: z.enum(['ALLOW', 'BLOCK']),
  })
  .refine(({ protocol, ports }) => ports.length === 0 || protocol === 'TCP' || protocol === 'UDP', {
    path: ['ports'],
    message: 'only TCP and UDP have ports',
  });

const once = (list: readonly unknown[]) => new Set(list).size === list.length;

// A drive or none, and behind it nothing that names a thing.
const wholeDisk = /^(?:[a-z*?]:|%[a-z]*drive%)?[\\/.*?\s]*$/i;
const climbs = /(?:^|[\\/])\.\.(?:[\\/]|$)/;
const path = line(260)
  .refine((one) => !wholeDisk.test(one), 'must not be a whole disk')
  .refine((one) => !climbs.test(one), 'must not lead up by `..`')
  .describe('A path; never a whole disk');

/** What a policy says: closed, and by its `schema` told from those to come. */
export const policyDocument = z.strictObject({
  schema: z.literal(1),
  antivirus: z.strictObject({
    realTime: z.boolean(),
    scanSchedule: z
      .strictObject({ weekday: weekday.nullable().describe('null: every day'), time })
      .nullable()
      .describe('null: none'),
    exclusions: z.array(path).max(50).refine(once, 'names a path twice'),
  }),
  firewall: z.strictObject({
    enabled: z.boolean(),
    rules: z.array(rule).max(50).describe('The first that fits counts'),
  }),
  usb: z.strictObject({ mode: z.enum(['ALLOW', 'READ_ONLY', 'BLOCK']) }),
  updates: z.strictObject({
    channel: z.enum(['STABLE', 'EARLY']),
    window: z
      .strictObject({ from: time, to: time.describe('Before `from`: on the next day') })
      .refine(({ from, to }) => from !== to, {
        path: ['to'],
        message: 'must not be `from`: null is at any time',
      })
      .nullable()
      .describe('null: at any time'),
  }),
});
export type PolicyDocument = z.infer<typeof policyDocument>;

/** What holds where no group above has a policy: protection on, and nothing shut that the customer did not shut. */
export const builtInDocument: PolicyDocument = {
  schema: 1,
  antivirus: { realTime: true, scanSchedule: { weekday: 'SUNDAY', time: '03:00' }, exclusions: [] },
  firewall: { enabled: true, rules: [] },
  usb: { mode: 'ALLOW' },
  updates: { channel: 'STABLE', window: null },
};
