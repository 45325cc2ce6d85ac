import { randomUUID } from 'node:crypto';
import { DynamoDBClient, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';

const client = new DynamoDBClient({});

/** What we compare with: parse the body, write one item in one transaction, answer. No checks, no schema, no log. */
export async function handler(event: { body: string }) {
  const { amount } = JSON.parse(event.body);
  const Item = {
    PK: { S: `BARE#${randomUUID()}` },
    SK: { S: '#' },
    amount: { N: String(amount) },
    at: { S: new Date().toISOString() },
  };
  await client.send(
    new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName: process.env.TABLE_NAME, Item } }] }),
  );
  return { statusCode: 201, body: JSON.stringify({ amount }) };
}
