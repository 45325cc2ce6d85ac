import { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

export const client = new DynamoDBClient({});
export const documents = DynamoDBDocumentClient.from(client);
export const TableName = process.env.DOCUMENTED_TABLE ?? '';

/** What Powertools' page on idempotency has one write, with the key that the client sends in the body. */
export const idempotency = {
  persistenceStore: new DynamoDBPersistenceLayer({
    tableName: process.env.IDEMPOTENCY_TABLE ?? '',
    awsSdkV3Client: client,
  }),
  config: new IdempotencyConfig({ eventKeyJmesPath: 'body.requestId' }),
};

export interface Event {
  readonly body: string;
  readonly pathParameters: { readonly customerId: string };
}
