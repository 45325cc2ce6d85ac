import * as z from 'zod';
import { event } from '../kit/event.ts';

// Subject of each is the machine or the package; it stands in its customer's audit: `tenant.id` is the customer.
const of = { groupId: z.string(), productId: z.string(), packageId: z.string() };
const example = {
  groupId: 'mgr_00000000000000000000000000',
  productId: 'prd_00000000000000000000000000',
  packageId: 'pkg_00000000000000000000000000',
};

export const machineEnrolled = event({
  type: 'endpoints.machine_enrolled.v1',
  summary: 'A machine enrolled with an installation package and took a seat of its product',
  data: z.strictObject(of),
  example,
});

export const machineRemoved = event({
  type: 'endpoints.machine_removed.v1',
  summary: 'A machine was removed: its seat is free, its certificate out',
  data: z.strictObject(of),
  example,
});

export const machineCloned = event({
  type: 'endpoints.machine_cloned.v1',
  summary: 'A machine’s key pair was used twice, as by a copy; told once until it enrols anew',
  data: z.strictObject({
    why: z
      .enum(['ANOTHER_HOST', 'SUPERSEDED'])
      .describe('A call from another host, or one with a key pair that was replaced by a rotation'),
  }),
  example: { why: 'ANOTHER_HOST' },
});

export const packageVoided = event({
  type: 'endpoints.package_voided.v1',
  summary: 'So many wrong tokens of an installation package were tried that it is void',
  data: z.strictObject({ refusals: z.int() }),
  example: { refusals: 5 },
});
