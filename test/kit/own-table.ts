import { randomUUID } from 'node:crypto';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { createTable } from './table.ts';

/** A table of this file's own, from before its first hook until after its last: to be said before all other hooks. */
export function ownTable(): void {
  const TableName = `own-${randomUUID()}`;
  const client = new DynamoDBClient({});
  let shared: string | undefined;
  beforeAll(async () => {
    shared = process.env.TABLE_NAME;
    await createTable(client, TableName);
    process.env.TABLE_NAME = TableName;
  });
  afterAll(async () => {
    process.env.TABLE_NAME = shared;
    await client.send(new DeleteTableCommand({ TableName }));
  });
}
