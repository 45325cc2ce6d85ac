import { describe, expect, it } from 'vitest';
import { dynamoNeeds, readCall, type TableShape } from '../../infra/local/aws-request.ts';

const place = { account: '000000000000', region: 'us-east-1', stackName: 'shop' };
const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/T';
const shape: TableShape = { name: 'T', hashKey: 'PK', indexHashKeys: { tree: 'G1' } };
const key = (pk: string) => ({ PK: { S: pk }, SK: { S: '#' } });

function needs(operation: string, input: object, keyArn?: string) {
  const call = {
    service: 'dynamodb' as const,
    operation,
    input: { TableName: 'T', ...input },
    accessKeyId: 'A',
  };
  return dynamoNeeds(call, place, new Map([['T', { ...shape, keyArn }]]));
}

describe('the permissions of a DynamoDB call', () => {
  it.each<[string, object]>([
    ['GetItem', { Key: key('a') }],
    ['PutItem', { Item: key('a') }],
    ['UpdateItem', { Key: key('a') }],
    ['DeleteItem', { Key: key('a') }],
  ])('%s: itself, with its leading key', (operation, input) => {
    expect(needs(operation, input)).toEqual([
      { action: `dynamodb:${operation}`, resource: table, context: { 'dynamodb:LeadingKeys': ['a'] } },
    ]);
  });

  it('a transaction: those of its parts', () => {
    const context = (keys: string[]) => ({
      'dynamodb:EnclosingOperation': 'TransactWriteItems',
      'dynamodb:LeadingKeys': keys,
    });
    const TransactItems = [
      { Put: { TableName: 'T', Item: key('a') } },
      { Put: { TableName: 'T', Item: key('b') } },
      { Update: { TableName: 'T', Key: key('c') } },
      { Delete: { TableName: 'T', Key: key('d') } },
      { ConditionCheck: { TableName: 'T', Key: key('e') } },
    ];
    expect(needs('TransactWriteItems', { TransactItems })).toEqual([
      { action: 'dynamodb:PutItem', resource: table, context: context(['a', 'b']) },
      { action: 'dynamodb:UpdateItem', resource: table, context: context(['c']) },
      { action: 'dynamodb:DeleteItem', resource: table, context: context(['d']) },
      { action: 'dynamodb:ConditionCheckItem', resource: table, context: context(['e']) },
    ]);
  });

  it('batches: their own', () => {
    expect(needs('BatchGetItem', { RequestItems: { T: { Keys: [key('a'), key('b')] } } })).toEqual([
      { action: 'dynamodb:BatchGetItem', resource: table, context: { 'dynamodb:LeadingKeys': ['a', 'b'] } },
    ]);
    const RequestItems = { T: [{ PutRequest: { Item: key('a') } }, { DeleteRequest: { Key: key('b') } }] };
    expect(needs('BatchWriteItem', { RequestItems })[0]).toMatchObject({
      context: { 'dynamodb:LeadingKeys': ['a', 'b'] },
    });
  });

  it('a query: of the table or of the index, with the key of its condition', () => {
    const values = {
      ExpressionAttributeNames: { '#p': 'PK' },
      ExpressionAttributeValues: { ':p': { S: 'a' }, ':s': { S: 'x' } },
    };
    const KeyConditionExpression = '#p = :p AND begins_with(SK, :s)';
    expect(needs('Query', { ...values, KeyConditionExpression })).toEqual([
      { action: 'dynamodb:Query', resource: table, context: { 'dynamodb:LeadingKeys': ['a'] } },
    ]);
    expect(needs('Query', { ...values, IndexName: 'tree', KeyConditionExpression: 'G1 = :p' })).toEqual([
      {
        action: 'dynamodb:Query',
        resource: `${table}/index/tree`,
        context: { 'dynamodb:LeadingKeys': ['a'] },
      },
    ]);
  });

  it('a scan: no leading key', () => {
    expect(needs('Scan', {})).toEqual([{ action: 'dynamodb:Scan', resource: table, context: {} }]);
  });

  it("a table under the customer's key: decryption through DynamoDB", () => {
    expect(needs('GetItem', { Key: key('a') }, 'arn:aws:kms:us-east-1:000000000000:key/k')[1]).toEqual({
      action: 'kms:Decrypt',
      resource: 'arn:aws:kms:us-east-1:000000000000:key/k',
      context: { 'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com' },
    });
  });
});

it('knows caller and service of an SDK call', () => {
  const authorization =
    'AWS4-HMAC-SHA256 Credential=ASIA1/20260101/us-east-1/x/aws4_request, SignedHeaders=host, Signature=0';
  const json = readCall(
    { authorization, 'x-amz-target': 'AWSEvents.PutEvents' },
    Buffer.from('{"Entries":[]}'),
  );
  expect(json).toEqual({
    service: 'events',
    operation: 'PutEvents',
    input: { Entries: [] },
    accessKeyId: 'ASIA1',
  });
  const form = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
  expect(readCall(form, Buffer.from('Action=SendEmail&Version=2010-12-01'))).toMatchObject({
    service: 'ses',
    operation: 'SendEmail',
  });
});
