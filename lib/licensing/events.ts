import * as z from 'zod';
import { crossing } from '../kit/band.ts';
import { event } from '../kit/event.ts';
import { resourceType } from './resource.ts';

const ofAllocation = crossing.extend({
  resourceType,
  allocated: z.number().describe('The limit in force; the same as `limit`'),
  used: z.number(),
  usedPercent: z.number().describe('Two decimals, rounded down; the same as `value`'),
  remaining: z.number().describe('`allocated − used`, never below 0'),
});

const at80 = {
  meter: 'LICENCE.DEVICE',
  value: 80,
  limit: 100,
  resourceType: 'DEVICE' as const,
  allocated: 100,
  used: 80,
  usedPercent: 80,
  remaining: 20,
  thresholds: [{ id: '80', at: 80 }],
};

export const allocationThreshold = event({
  type: 'licensing.allocation_threshold.v1',
  summary: 'A customer’s use of an allocation reached one or several thresholds; subject: the customer',
  data: ofAllocation,
  example: at80,
});

export const allocationRecovered = event({
  type: 'licensing.allocation_recovered.v1',
  summary: 'Use fell back below thresholds that had fired; subject: the customer',
  data: ofAllocation,
  example: { ...at80, used: 75, value: 75, usedPercent: 75, remaining: 25 },
});

export const overLimitChanged = event({
  type: 'licensing.over_limit_changed.v1',
  summary: 'Use went beyond a soft limit, or came back within it; subject: the customer',
  data: z.strictObject({
    resourceType,
    allocated: z.number().nullable(),
    used: z.number(),
    overSince: z.string().nullable(),
    graceUntil: z.string().nullable(),
    effect: z.enum(['block-new', 'mark']),
  }),
  example: {
    resourceType: 'DEVICE',
    allocated: 100,
    used: 101,
    overSince: '2026-01-01T00:00:00.000Z',
    graceUntil: '2026-01-15T00:00:00.000Z',
    effect: 'mark',
  },
});

export const useChanged = event({
  type: 'licensing.use_changed.v1',
  summary: 'Items of a customer took licences or freed them; subject: the customer',
  data: z.strictObject({
    steps: z.array(
      z.strictObject({ resourceType, by: z.int().describe('Licences more in use; negative: fewer') }),
    ),
  }),
  example: { steps: [{ resourceType: 'DEVICE', by: 3 }] },
});

export const allocationChanged = event({
  type: 'licensing.allocation_changed.v1',
  summary: 'A customer’s licence model or limits were changed; subject: the customer',
  data: z.strictObject({
    model: z.enum(['SHARED', 'ALLOCATED']),
    limits: z
      .record(z.string(), z.number().nullable())
      .describe('Limits now in force by resource type; null: unlimited; empty when SHARED'),
  }),
  example: { model: 'ALLOCATED', limits: { DEVICE: 100 } },
});

export const poolChanged = event({
  type: 'licensing.pool_changed.v1',
  summary: 'A provider’s licensed total of a resource type was changed; subject: the provider',
  data: z.strictObject({ resourceType, before: z.number(), after: z.number() }),
  example: { resourceType: 'DEVICE', before: 0, after: 250 },
});

export const defaultsChanged = event({
  type: 'licensing.notification_defaults_changed.v1',
  summary: 'A provider’s notification defaults were changed: customers that inherit them are evaluated',
  data: z.strictObject({ after: z.string().nullable().describe('Customers up to this position are done') }),
  example: { after: null },
});

export const testNoticeRequested = event({
  type: 'licensing.test_notice_requested.v1',
  summary: 'Someone asked for a sample of an allocation notice; mailed to that person alone',
  data: z.strictObject({
    personId: z.string(),
    subject: z.string().describe('With $variables'),
    message: z.string().describe('With $variables'),
    values: z
      .record(z.string(), z.string())
      .describe('What the variables stand for; nobody’s address is among them'),
  }),
  example: {
    personId: 'per_00000000000000000000000000',
    subject: '$customerName: $usedPercent % of $resourceType in use',
    message: '$customerName uses $used of $allocated licences of $resourceType.',
    values: {
      customerName: 'Contoso',
      resourceType: 'DEVICE',
      allocated: '100',
      used: '80',
      usedPercent: '80',
    },
  },
});

/** What `$name` in the subject and the message of an allocation notice may be. */
export const noticeVariables = [
  'customerName',
  'accountManagerEmail',
  'resourceType',
  'allocated',
  'used',
  'remaining',
  'usedPercent',
  'threshold',
  'time',
] as const;
export type NoticeValues = Readonly<Record<(typeof noticeVariables)[number], string>>;

/** The texts of a notice where neither the customer nor the provider has set any. */
export const defaultSubject = '$customerName: $usedPercent % of $resourceType licences in use';
export const defaultMessage = [
  '$customerName uses $used of $allocated $resourceType licences ($usedPercent %); $remaining are left.',
  'Threshold reached: $threshold %. Time: $time.',
].join('\n\n');

export {
  seatRecovered,
  seatsMetered,
  seatsOverDeployed,
  seatThreshold,
  subscriptionChanged,
  subscriptionExpired,
  subscriptionExpiring,
} from './seat-events.ts';
