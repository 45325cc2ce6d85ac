import * as z from 'zod';
import { event } from '../kit/event.ts';

// Subject of each is the probe; it stands in its customer's audit: `tenant.id` is the customer.
const at = '2026-01-01T00:00:00.000Z';
const from = z.enum(['CREATED', 'PENDING', 'UP', 'DOWN', 'REVOKED', 'RETIRED']).describe('The state before');

export const probeCreated = event({
  type: 'probes.created.v1',
  summary: 'A probe was added to a customer; it waits for its agent to enrol',
  data: z.strictObject({ name: z.string() }),
  example: { name: 'Head office' },
});

export const probeEnrolled = event({
  type: 'probes.enrolled.v1',
  summary: 'A probe’s agent was let in: it enrolled, or waited for approval and got it',
  data: z.strictObject({
    from,
    generation: z.int().describe('Counts the probe’s key pairs, from 1'),
    approvedBy: z.string().nullable().describe('Who approved; null: nobody had to'),
  }),
  example: { from: 'CREATED', generation: 1, approvedBy: null },
});

export const probeAwaitingApproval = event({
  type: 'probes.awaiting_approval.v1',
  summary: 'A probe’s agent enrolled and waits for somebody to approve it',
  data: z.strictObject({ from, generation: z.int() }),
  example: { from: 'CREATED', generation: 1 },
});

const outage = {
  downSince: z.string().describe('When it was heard last'),
  outages: z.int().describe('Counts the probe’s outages, from 1: this one’s number'),
  told: z.boolean().describe('False: in a maintenance window, nobody is to be told'),
};

export const probeWentDown = event({
  type: 'probes.went_down.v1',
  summary: 'A probe fell silent; a second time for the same outage where its maintenance window ended',
  data: z.strictObject(outage),
  example: { downSince: at, outages: 1, told: true },
});

export const probeCameBack = event({
  type: 'probes.came_back.v1',
  summary: 'A probe that was down was heard again',
  data: z.strictObject({ ...outage, backAt: z.string() }),
  example: { downSince: at, outages: 1, told: true, backAt: '2026-01-01T00:10:00.000Z' },
});

export const probeCloned = event({
  type: 'probes.cloned.v1',
  summary:
    'A probe’s key pair was used twice, as by a copy; told once until it enrols anew or people take the flag back',
  data: z.strictObject({
    why: z
      .enum(['ANOTHER_HOST', 'COUNT_WENT_BACK', 'SUPERSEDED'])
      .describe(
        'A call from another host; several with lower counts; or one with a key pair that was replaced by a rotation',
      ),
  }),
  example: { why: 'ANOTHER_HOST' },
});

export const enrolmentRefused = event({
  type: 'probes.enrolment_refused.v1',
  summary: 'So many enrolments of a probe were refused that its enrolment key is void',
  data: z.strictObject({ refusals: z.int() }),
  example: { refusals: 5 },
});

export const probeRevoked = event({
  type: 'probes.revoked.v1',
  summary: 'A probe’s key pairs and enrolment key are out; a new enrolment key lets it in again',
  data: z.strictObject({
    from,
    rejected: z.boolean().describe('True: it waited for approval and was rejected'),
  }),
  example: { from: 'UP', rejected: false },
});

export const probeRetired = event({
  type: 'probes.retired.v1',
  summary: 'A probe is gone for good; its items are deleted in the background and their licences freed',
  data: z.strictObject({
    from,
    operationId: z.string().describe('`opr_…`: the work that deletes its items'),
  }),
  example: { from: 'DOWN', operationId: 'opr_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C' },
});

export const itemsRemain = event({
  type: 'probes.items_remain.v1',
  summary: 'A retired probe has more items than were deleted in one turn: the work goes on',
  data: z.strictObject({ operationId: z.string() }),
  example: { operationId: 'opr_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C' },
});
