import { describe, expect, it } from 'vitest';
import { flatten } from '../../infra/local/flatten.ts';
import { localNames } from '../../infra/local/names.ts';
import { evaluator, type Template } from '../../infra/local/resolve.ts';

const nested = 'AWS::CloudFormation::Stack';
const variable = (name: string) => ['$', '{', name, '}'].join('');

const inner: Record<string, Template> = {
  shop: {
    Parameters: { Table: {}, Level: { Default: 'high' }, Key: {} },
    Conditions: { High: { 'Fn::Equals': [{ Ref: 'Level' }, 'high'] } },
    Mappings: { Sizes: { eu: { small: 1 } } },
    Resources: {
      Reader: {
        Type: 'AWS::Lambda::Function',
        Condition: 'High',
        Properties: {
          whole: { Ref: 'Table' },
          level: { Ref: 'Level' },
          index: { 'Fn::Join': ['', [{ Ref: 'Key' }, '/index']] },
          text: { 'Fn::Sub': `${variable('Key')}-${variable('Queue.Arn')}-${variable('AWS::Region')}` },
          named: { 'Fn::Sub': [`${variable('One')}-${variable('Table')}`, { One: { Ref: 'Level' } }] },
          plain: { 'Fn::Sub': variable('AWS::AccountId') },
        },
      },
      Queue: { Type: 'AWS::SQS::Queue', Properties: {} },
    },
    Outputs: {
      Reader: { Value: { 'Fn::GetAtt': ['Reader', 'Arn'] } },
      Index: { Value: { 'Fn::Join': ['', [{ Ref: 'Key' }, '/index']] } },
    },
  },
  watch: {
    Parameters: { Watched: {}, Passed: {} },
    Resources: {
      Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { watched: { Ref: 'Watched' } } },
      Deep: {
        Type: nested,
        Properties: { TemplateURL: 'deep', Parameters: { Given: { Ref: 'Passed' } } },
      },
    },
    Outputs: { Deep: { Value: { 'Fn::GetAtt': ['Deep', 'Outputs.Told'] } } },
  },
  deep: {
    Parameters: { Given: {} },
    Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { given: { Ref: 'Given' } } } },
    Outputs: { Told: { Value: { Ref: 'Given' } } },
  },
};

const root: Template = {
  Resources: {
    Table: { Type: 'AWS::DynamoDB::Table', Properties: {} },
    Shop: {
      Type: nested,
      Properties: {
        TemplateURL: 'shop',
        Parameters: { Table: { Ref: 'Table' }, Key: { 'Fn::GetAtt': ['Table', 'Arn'] } },
      },
    },
    Watch: {
      Type: nested,
      Properties: {
        TemplateURL: 'watch',
        Parameters: {
          Watched: { 'Fn::GetAtt': ['Shop', 'Outputs.Reader'] },
          Passed: { 'Fn::GetAtt': ['Shop', 'Outputs.Index'] },
        },
      },
    },
    Board: {
      Type: 'AWS::CloudWatch::Dashboard',
      DependsOn: ['Shop'],
      Properties: {
        sub: { 'Fn::Sub': `<${variable('Shop.Outputs.Reader')}>` },
        short: { 'Fn::GetAtt': 'Watch.Outputs.Deep' },
      },
    },
  },
  Outputs: { Reader: { Value: { 'Fn::GetAtt': ['Shop', 'Outputs.Reader'] } } },
};

const place = { account: '000000000000', region: 'us-east-1', stackName: 'shop' };
const read = ({ Properties }: { Properties?: Record<string, unknown> }) =>
  inner[String(Properties?.TemplateURL)] as Template;

describe('nested templates', () => {
  const flat = flatten(root, read);
  const { evaluate, holds } = evaluator(flat, place, localNames(place));
  const properties = (id: string) => evaluate(flat.Resources[id]?.Properties);
  const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/shop-Table';
  const reader = 'arn:aws:lambda:us-east-1:000000000000:function:shop-Reader';

  it('become one table of resources under their own ids', () => {
    expect(Object.keys(flat.Resources).sort()).toEqual([
      'Alarm',
      'Board',
      'Queue',
      'Reader',
      'Table',
      'Topic',
    ]);
  });

  it('see the parent’s resources where they had parameters', () => {
    expect(properties('Reader')).toEqual({
      whole: 'shop-Table',
      level: 'high',
      index: `${table}/index`,
      text: `${table}-arn:aws:sqs:us-east-1:000000000000:shop-Queue-us-east-1`,
      named: 'high-shop-Table',
      plain: '000000000000',
    });
  });

  it('are seen where the parent, a sibling or a stack further in took an output', () => {
    expect(properties('Alarm')).toEqual({ watched: reader });
    expect(properties('Board')).toEqual({ sub: `<${reader}>`, short: `${table}/index` });
    expect(properties('Topic')).toEqual({ given: `${table}/index` });
    expect(evaluate(flat.Outputs?.Reader?.Value)).toBe(reader);
  });

  it('keep their conditions and mappings', () => {
    expect(flat.Resources.Reader?.Condition).toBe('High');
    expect(holds('High')).toBe(true);
    expect(evaluate({ 'Fn::FindInMap': ['Sizes', 'eu', 'small'] })).toBe(1);
  });

  it('leave a template without them, and the templates themselves, as they were', () => {
    const before = structuredClone([root, inner]);
    expect(flatten(inner.deep as Template, read)).toBe(inner.deep);
    flatten(root, read);
    expect([root, inner]).toEqual(before);
  });
});

const around = (shop: object, more: Template['Resources'] = {}): Template => ({
  Resources: { ...more, Shop: { Type: nested, Properties: { TemplateURL: 'shop' }, ...shop } },
});
const given = { Properties: { TemplateURL: 'shop', Parameters: { Table: 't', Key: 'k' } } };

it.each<[string, Template, string]>([
  ['a parameter without a value', around({}), 'Shop is not given Table'],
  [
    'an id that occurs twice',
    around(given, { Queue: { Type: 'AWS::SQS::Queue' } }),
    'Two templates of one stack have a Queue',
  ],
  [
    'an output that does not exist',
    around(given, {
      Other: { Type: 'AWS::SNS::Topic', Properties: { x: { 'Fn::GetAtt': ['Shop', 'Outputs.Nothing'] } } },
    }),
    'Shop.Outputs.Nothing of a nested stack is not known locally',
  ],
  [
    'the nested stack itself',
    around(given, { Other: { Type: 'AWS::SNS::Topic', Properties: { x: { Ref: 'Shop' } } } }),
    'Shop of a nested stack is not known locally',
  ],
  [
    'a nested stack with a condition',
    around({ ...given, Condition: 'High' }),
    'The condition of the nested stack Shop is not known locally',
  ],
])('%s is refused by name', (_, template, message) => {
  expect(() => flatten(template, read)).toThrow(message);
});
