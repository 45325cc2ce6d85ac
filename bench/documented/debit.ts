import { makeHandlerIdempotent } from '@aws-lambda-powertools/idempotency/middleware';
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { parser } from '@aws-lambda-powertools/parser/middleware';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import middy from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import * as z from 'zod';
import { documents, type Event, idempotency, TableName } from './store.ts';

const logger = new Logger({ serviceName: 'documented' });

const schema = z.object({
  pathParameters: z.object({ customerId: z.string() }),
  body: z.object({ requestId: z.string(), amount: z.number().int().min(1) }),
});

/** A debit as the pages of middy, Powertools and the document client have one write it: an account and an entry in one transaction. */
export const handler = middy<Event>()
  .use(injectLambdaContext(logger))
  .use(httpJsonBodyParser())
  .use(makeHandlerIdempotent(idempotency))
  .use(parser({ schema }) as unknown as middy.MiddlewareObj)
  .handler((async ({ pathParameters: { customerId }, body }: z.infer<typeof schema>) => {
    const { amount, requestId } = body;
    const at = new Date().toISOString();
    await documents.send(
      new TransactWriteCommand({
        TransactItems: [
          {
            Update: {
              TableName,
              Key: { PK: `ACCOUNT#${customerId}`, SK: '#' },
              UpdateExpression: 'SET balance = balance - :amount',
              ConditionExpression: 'balance >= :amount',
              ExpressionAttributeValues: { ':amount': amount },
            },
          },
          { Put: { TableName, Item: { PK: `ENTRY#${customerId}`, SK: `${at}#${requestId}`, amount, at } } },
        ],
      }),
    );
    logger.info('debited', { customerId, amount });
    return { statusCode: 201, body: JSON.stringify({ amount, at }) };
  }) as never);
