import { describe, expect, it } from 'vitest';
import { localNames } from '../../infra/local/names.ts';
import { evaluator, type Template } from '../../infra/local/resolve.ts';

const place = { account: '000000000000', region: 'us-east-1', stackName: 'shop' };
const template: Template = {
  Parameters: { Level: { Default: 'high' } },
  Conditions: { High: { 'Fn::Equals': [{ Ref: 'Level' }, 'high'] } },
  Mappings: { Sizes: { eu: { small: 1 } } },
  Resources: {
    Table: { Type: 'AWS::DynamoDB::Table', Properties: {} },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'own' } },
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'bus' } },
    Secret: { Type: 'AWS::SecretsManager::Secret', Properties: {} },
    Bucket: { Type: 'AWS::S3::Bucket', Properties: {} },
    Function: { Type: 'AWS::Lambda::Function', Properties: {} },
    Logs: { Type: 'AWS::Logs::LogGroup', Properties: {} },
  },
};
const { evaluate } = evaluator(template, place, localNames(place));

describe.each<[string, unknown, unknown]>([
  ['Ref of a table', { Ref: 'Table' }, 'shop-Table'],
  ['Ref of a queue', { Ref: 'Queue' }, 'https://sqs.us-east-1.amazonaws.com/000000000000/own'],
  [
    'Ref of a secret',
    { Ref: 'Secret' },
    'arn:aws:secretsmanager:us-east-1:000000000000:secret:shop-Secret-local1',
  ],
  ['Ref of a bucket', { Ref: 'Bucket' }, 'shop-bucket'],
  ['Ref of a parameter', { Ref: 'Level' }, 'high'],
  ['a pseudo parameter', { Ref: 'AWS::AccountId' }, '000000000000'],
  ['GetAtt of an ARN', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:aws:sqs:us-east-1:000000000000:own'],
  [
    'GetAtt in one text',
    { 'Fn::GetAtt': 'Function.Arn' },
    'arn:aws:lambda:us-east-1:000000000000:function:shop-Function',
  ],
  [
    'GetAtt of a stream',
    { 'Fn::GetAtt': ['Table', 'StreamArn'] },
    'arn:aws:dynamodb:us-east-1:000000000000:table/shop-Table/stream/local',
  ],
  [
    'GetAtt of a log group',
    { 'Fn::GetAtt': ['Logs', 'Arn'] },
    'arn:aws:logs:us-east-1:000000000000:log-group:shop-Logs:*',
  ],
  ['Join', { 'Fn::Join': ['/', ['a', { Ref: 'Bus' }]] }, 'a/bus'],
  [
    'Sub',
    { 'Fn::Sub': ['$', '{Bus}-$', '{Queue.Arn}-$', '{!Kept}'].join('') },
    'bus-arn:aws:sqs:us-east-1:000000000000:own-$'.concat('{Kept}'),
  ],
  ['Sub with own values', { 'Fn::Sub': ['<$'.concat('{One}>'), { One: { Ref: 'Bus' } }] }, '<bus>'],
  ['Select of Split', { 'Fn::Select': [1, { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
  ['If', { 'Fn::If': ['High', 'yes', 'no'] }, 'yes'],
  ['FindInMap', { 'Fn::FindInMap': ['Sizes', 'eu', 'small'] }, 1],
  ['NoValue in an object', { a: 1, b: { Ref: 'AWS::NoValue' } }, { a: 1 }],
  ['NoValue in a list', ['a', { Ref: 'AWS::NoValue' }], ['a']],
])('%s', (_name, expression, expected) => {
  it('is answered', () => expect(evaluate(expression)).toEqual(expected));
});

it('says which reference it cannot answer', () => {
  expect(() => evaluate({ Ref: 'Missing' })).toThrow('The template refers to Missing');
});
