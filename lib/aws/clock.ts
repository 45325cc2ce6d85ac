import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Schedule } from '../kit/context.ts';
import { log } from './log.ts';
import { asItself } from './tenant-session.ts';
import { now } from './world.ts';

/** A Lambda handler for the queues of schedules: each message names the schedule to run, and succeeds or fails alone. */
export function onTime(schedules: readonly Schedule[]) {
  const handler = async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const failed: { itemIdentifier: string }[] = [];
    for (const { messageId, body } of Records) {
      try {
        const { schedule } = JSON.parse(body) as { schedule?: string };
        const due = schedules.find(({ id }) => id === schedule);
        if (!due) throw new Error(`There is no schedule ${schedule}`);
        log().info('schedule', { schedule });
        await asItself(() => due.run(now()));
      } catch (error) {
        log().error('schedule failed', { messageId, body, error: error as Error });
        failed.push({ itemIdentifier: messageId });
      }
    }
    return { batchItemFailures: failed };
  };
  return middy<SQSEvent, SQSBatchResponse>().handler(handler);
}
