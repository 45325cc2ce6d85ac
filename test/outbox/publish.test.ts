import { EventBridgeClient, type PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { handler } from '../../functions/outbox/publish.ts';
import { log } from '../../lib/aws/log.ts';

/** A receipt in the table's stream that announces so many events; without a readable one where `broken`. */
function receipt(place: number, { events, broken }: { events: number; broken: boolean }): DynamoDBRecord {
  const announced = Array.from({ length: events }, (_, one) => ({
    id: `evt-${place}-${one}`,
    type: 'test.happened.v1',
    subject: `subject-${place}`,
    data: {},
  }));
  const NewImage = {
    ev: { S: broken ? '{' : JSON.stringify(announced) },
    at: { S: '2026-01-01T00:00:00.000Z' },
    actor: { M: { id: { S: 'per_1' }, kind: { S: 'person' }, home: { S: 'prv_1' } } },
    path: { S: 'plt_1/prv_1' },
    requestId: { S: 'request' },
  };
  return { dynamodb: { SequenceNumber: String(place), ...(events === 0 && !broken ? {} : { NewImage }) } };
}

beforeAll(() => {
  vi.stubEnv('BUS_NAME', 'a-bus');
  vi.spyOn(log(), 'error').mockReturnValue(undefined);
});
afterAll(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

it('a bus that takes a part of what it is given gets the rest again, record by record, and nothing is lost', async () => {
  const bus = vi.spyOn(EventBridgeClient.prototype, 'send') as unknown as ReturnType<typeof vi.fn>;
  const records = fc.array(
    fc.record({ events: fc.nat({ max: 4 }), broken: fc.constantFrom(false, false, false, true) }),
    { minLength: 1, maxLength: 30, size: 'max' },
  );
  let refusals = 0;
  await fc.assert(
    fc.asyncProperty(records, fc.infiniteStream(fc.nat({ max: 3 })), async (shapes, chances) => {
      const taken = new Set<string>();
      bus.mockImplementation(async ({ input }: PutEventsCommand) => {
        const given = (input.Entries ?? []).map(({ Detail }) => JSON.parse(Detail ?? '').id as string);
        expect(given.length).toBeLessThanOrEqual(10);
        const answers = given.map((id) => {
          if (chances.next().value === 0) return { ErrorCode: 'ThrottlingException' };
          taken.add(id);
          return { EventId: id };
        });
        const FailedEntryCount = answers.filter((one) => 'ErrorCode' in one).length;
        refusals += FailedEntryCount;
        return { FailedEntryCount, Entries: answers };
      });
      let left = shapes.map((shape, place) => receipt(place, shape));
      const unreadable = shapes.flatMap(({ broken }, place) => (broken ? [String(place)] : []));
      for (let round = 0; round < 60 && left.length > unreadable.length; round++) {
        const { batchItemFailures } = await handler({ Records: left });
        const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        left = left.filter(({ dynamodb }) => failed.has(dynamodb?.SequenceNumber ?? ''));
      }
      expect(left.map(({ dynamodb }) => dynamodb?.SequenceNumber)).toEqual(unreadable);
      const announced = shapes.flatMap(({ events, broken }, place) =>
        broken ? [] : Array.from({ length: events }, (_, one) => `evt-${place}-${one}`),
      );
      expect([...taken].sort()).toEqual(announced.sort());
    }),
    { numRuns: Number(process.env.RUNS ?? 60) },
  );
  expect(refusals).toBeGreaterThan(100);
});
