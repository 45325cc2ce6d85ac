import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';

const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
const key = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  { AttributeName: range, KeyType: 'RANGE' as const },
];

/** Attributes that both indexes carry besides keys; test/infra compares this with the template. */
export const projected = [
  'kind',
  'id',
  'name',
  'state',
  'type',
  'at',
  'action',
  'actor',
  'subject',
  'email',
  'summary',
];

/** The table as the stack makes it, for tests that need no stack. */
export async function createTable(client: DynamoDBClient, TableName: string): Promise<void> {
  const index = (IndexName: string, hash: string, range: string) => ({
    IndexName,
    KeySchema: key(hash, range),
    Projection: { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: projected },
  });
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['PK', 'SK', 'G1', 'S1', 'G2', 'S2'].map(text),
      KeySchema: key('PK', 'SK'),
      GlobalSecondaryIndexes: [index('tree', 'G1', 'S1'), index('names', 'G2', 'S2')],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
}
