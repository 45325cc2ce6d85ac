import { randomUUID } from 'node:crypto';
import { BatchGetItemCommand, DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';

const client = new DynamoDBClient({});
const TableName = process.env.TABLE_NAME ?? '';

interface Event {
  readonly body: string;
  readonly pathParameters: { customerId: string };
  readonly requestContext: { authorizer: { jwt: { claims: { tenant: string; person: string } } } };
}

/** The very calls that a debit makes of the store, written down: what remains is the price of our own code. */
export async function handler(event: Event) {
  const { amount } = JSON.parse(event.body);
  const { customerId } = event.pathParameters;
  const { tenant, person } = event.requestContext.authorizer.jwt.claims;
  const key = (PK: string, SK: string) => ({ PK: { S: PK }, SK: { S: SK } });
  const own = [`M#${person}`, '#', 'S#CREDIT_SYSTEM'].map((sort) => key(`T#${tenant}`, sort));
  const Keys = [...own, key(`T#${customerId}`, '#')];
  const [, head] = await Promise.all([
    client.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } } })),
    client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: '#p = :p',
        ExpressionAttributeNames: { '#p': 'PK' },
        ExpressionAttributeValues: { ':p': { S: `T#${customerId}#ENTRY` } },
        Limit: 1,
        ScanIndexForward: false,
      }),
    ),
  ]);
  await client.send(
    new PutItemCommand({
      TableName,
      Item: { ...head.Items?.[0], ...key(`BARE#${randomUUID()}`, '#'), amount: { N: String(amount) } },
      ConditionExpression: 'attribute_not_exists(PK)',
    }),
  );
  return { statusCode: 201, body: JSON.stringify({ amount }) };
}
