import { makeHandlerIdempotent } from '@aws-lambda-powertools/idempotency/middleware';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import middy from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import { documents, type Event, idempotency, TableName } from './store.ts';

interface Report {
  readonly pathParameters: { readonly customerId: string };
  readonly body: { readonly requestId: string; readonly counts: Readonly<Record<string, number>> };
}

/** A report of use: the day's totals and the report itself in one transaction, behind the idempotency layer. */
export const handler = middy<Event>()
  .use(httpJsonBodyParser())
  .use(makeHandlerIdempotent(idempotency))
  .handler((async ({ pathParameters: { customerId }, body }: Report) => {
    const at = new Date().toISOString();
    const meters = Object.entries(body.counts);
    await documents.send(
      new TransactWriteCommand({
        TransactItems: [
          {
            Update: {
              TableName,
              Key: { PK: `USAGE#${customerId}`, SK: at.slice(0, 10) },
              UpdateExpression: `ADD ${meters.map((_, n) => `#m${n} :m${n}`).join(', ')}`,
              ExpressionAttributeNames: Object.fromEntries(meters.map(([name], n) => [`#m${n}`, name])),
              ExpressionAttributeValues: Object.fromEntries(meters.map(([, count], n) => [`:m${n}`, count])),
            },
          },
          {
            Put: { TableName, Item: { PK: `REPORT#${customerId}`, SK: `${at}#${body.requestId}`, ...body } },
          },
        ],
      }),
    );
    return { statusCode: 200, body: JSON.stringify({ at }) };
  }) as never);
