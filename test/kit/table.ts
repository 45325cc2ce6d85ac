import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { projected } from '../../lib/kit/keys.ts';

const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
const key = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  { AttributeName: range, KeyType: 'RANGE' as const },
];

/** The table as the stack makes it, but for its stream, for tests that need no stack: nobody listens to it here. */
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
    }),
  );
}
