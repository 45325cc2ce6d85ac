import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** The two tables of the documented stack, as its pages have one make them; named in the environment. */
export async function createDocumentedTables(): Promise<void> {
  Object.assign(process.env, { DOCUMENTED_TABLE: 'documented', IDEMPOTENCY_TABLE: 'idempotency' });
  const client = new DynamoDBClient({});
  const make = (TableName: string, keys: readonly string[]) =>
    client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: keys.map((AttributeName, n) => ({ AttributeName, KeyType: n ? 'RANGE' : 'HASH' })),
      }),
    );
  await Promise.all([make('documented', ['PK', 'SK']), make('idempotency', ['id'])]);
}
