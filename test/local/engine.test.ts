import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { callEngine } from '../../infra/local/dynamo.ts';
import { startEngine } from '../../infra/local/engine.ts';

const table = {
  TableName: 'things',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'PK', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'PK', KeyType: 'HASH' }],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
};

it('keeps items and unread stream records over a restart', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'engine-'));
  const first = await startEngine({ dir });
  await callEngine(first.endpoint, 'DynamoDB_20120810', 'CreateTable', table);
  for (const id of ['a', 'b']) {
    await callEngine(first.endpoint, 'DynamoDB_20120810', 'PutItem', {
      TableName: 'things',
      Item: { PK: { S: id } },
    });
  }
  await first.stop();
  const second = await startEngine({ dir });
  const streams = <T>(operation: string, input: object) =>
    callEngine<T>(second.endpoint, 'DynamoDBStreams_20120810', operation, input);
  const { Streams } = await streams<{ Streams: { StreamArn: string }[] }>('ListStreams', {
    TableName: 'things',
  });
  const StreamArn = Streams[0]?.StreamArn;
  const { StreamDescription } = await streams<{ StreamDescription: { Shards: { ShardId: string }[] } }>(
    'DescribeStream',
    {
      StreamArn,
    },
  );
  const seen: unknown[] = [];
  for (const { ShardId } of StreamDescription.Shards) {
    const from = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' };
    const { ShardIterator } = await streams<{ ShardIterator: string }>('GetShardIterator', from);
    const { Records } = await streams<{ Records: { dynamodb: { Keys: unknown } }[] }>('GetRecords', {
      ShardIterator,
    });
    seen.push(...Records.map(({ dynamodb }) => dynamodb.Keys));
  }
  expect(seen).toEqual([{ PK: { S: 'a' } }, { PK: { S: 'b' } }]);
  await second.stop();
  rmSync(dir, { recursive: true, force: true });
});

it('refuses connections once stopped', async () => {
  const engine = await startEngine();
  await engine.stop();
  await expect(fetch(engine.endpoint)).rejects.toThrow();
});
