import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Envelope } from '../kit/event.ts';
import { env } from './env.ts';
import { patience } from './world.ts';

let shared: EventBridgeClient | undefined;

/** Puts at most 10 events on our bus. Returns the indexes that the bus did not take: a partial failure resolves. */
export async function put(envelopes: readonly Envelope[]): Promise<number[]> {
  shared ??= new EventBridgeClient({ maxAttempts: 3, requestHandler: patience });
  const { Entries } = await shared.send(
    new PutEventsCommand({
      Entries: envelopes.map((one) => ({
        EventBusName: env('BUS_NAME'),
        Source: one.source,
        DetailType: one.type,
        Detail: JSON.stringify(one),
        Resources: [one.subject],
      })),
    }),
  );
  return envelopes.flatMap((_, index) => (Entries?.[index]?.EventId ? [] : [index]));
}
