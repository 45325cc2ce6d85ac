import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import middy from '@middy/core';
import { documents, type Event, TableName } from './store.ts';

const at = (PK: string) => ({ TableName, Key: { PK, SK: '#' }, ConsistentRead: true });
const answer = (body: unknown) => ({ statusCode: 200, body: JSON.stringify(body) });

/** A heartbeat: the probe with its commands is read, that it was heard is written. */
export const heartbeat = middy<Event>().handler(async ({ pathParameters: { customerId } }: Event) => {
  const Key = { PK: `PROBE#${customerId}`, SK: '#' };
  const { Item } = await documents.send(new GetCommand(at(Key.PK)));
  await documents.send(
    new UpdateCommand({
      TableName,
      Key,
      UpdateExpression: 'SET seenAt = :at',
      ExpressionAttributeValues: { ':at': new Date().toISOString() },
    }),
  );
  return answer(Item ?? {});
});

/** Whether a customer holds a licence now. */
export const check = middy<Event>().handler(async ({ pathParameters: { customerId } }: Event) => {
  const { Item } = await documents.send(new GetCommand(at(`LICENCE#${customerId}`)));
  return answer({ held: Item?.state === 'ACTIVE' });
});

/** A page of 50 customers: which there are, then each of them. */
export const list = middy<Event>().handler(async ({ pathParameters: { customerId: provider } }: Event) => {
  const { Items = [] } = await documents.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'PK = :p',
      ExpressionAttributeValues: { ':p': `CUSTOMERS#${provider}` },
      ConsistentRead: true,
      Limit: 50,
    }),
  );
  const found = await Promise.all(
    Items.map(({ SK }) => documents.send(new GetCommand(at(`CUSTOMER#${SK}`)))),
  );
  return answer({ items: found.map(({ Item }) => Item) });
});

/** What the handlers of this stack find: an account, a probe, a licence and 50 customers. */
export async function plantDocumented(id: string): Promise<void> {
  const put = (PK: string, SK: string, rest: object) =>
    documents.send(new PutCommand({ TableName, Item: { PK, SK, ...rest } }));
  await put(`ACCOUNT#${id}`, '#', { balance: 1_000_000_000 });
  await put(`PROBE#${id}`, '#', { name: 'Probe', state: 'UP', commands: [], version: 1 });
  await put(`LICENCE#${id}`, '#', { state: 'ACTIVE', seats: 25, endsAt: '2027-01-01T00:00:00.000Z' });
  for (let n = 1; n <= 50; n++) {
    const customer = `${id}-${n}`;
    await put(`CUSTOMERS#${id}`, customer, {});
    await put(`CUSTOMER#${customer}`, '#', { name: `Customer ${n}`, state: 'ACTIVE', version: 1 });
  }
}
