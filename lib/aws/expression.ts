import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Write } from '../kit/plan.ts';
import { env } from './env.ts';
import { toAttribute, toAttributes } from './item.ts';

/** One write as an action of a transaction. The table is the one of the environment. */
export function toTransactItem(write: Write): TransactWriteItem {
  const TableName = env('TABLE_NAME');
  switch (write.do) {
    case 'create':
      return {
        Put: { TableName, Item: toAttributes(write.item), ConditionExpression: 'attribute_not_exists(PK)' },
      };
    case 'replace':
      return {
        Put: {
          TableName,
          Item: toAttributes(write.item),
          ConditionExpression: '#v = :v',
          ExpressionAttributeNames: { '#v': 'version' },
          ExpressionAttributeValues: { ':v': { N: String(write.version) } },
        },
      };
    case 'overwrite':
      return {
        Put: {
          TableName,
          Item: toAttributes(write.item),
          ConditionExpression: 'attribute_not_exists(PK) OR expiresAt < :now',
          ExpressionAttributeValues: { ':now': toAttribute(write.expiredBefore) },
        },
      };
    case 'remove':
      return {
        Delete: {
          TableName,
          Key: toAttributes({ ...write.key }),
          ...(write.version === undefined
            ? { ConditionExpression: 'attribute_exists(PK)' }
            : {
                ConditionExpression: '#v = :v',
                ExpressionAttributeNames: { '#v': 'version' },
                ExpressionAttributeValues: { ':v': { N: String(write.version) } },
              }),
        },
      };
    case 'check':
      return {
        ConditionCheck: {
          TableName,
          Key: toAttributes({ ...write.key }),
          ...(write.version === null
            ? { ConditionExpression: 'attribute_not_exists(PK)' }
            : {
                ConditionExpression: '#v = :v',
                ExpressionAttributeNames: { '#v': 'version' },
                ExpressionAttributeValues: { ':v': { N: String(write.version) } },
              }),
        },
      };
    case 'adjust':
      return { Update: { TableName, ...adjustment(write) } };
    case 'amend':
      return { Update: { TableName, ...amendment(write) } };
  }
}

function amendment(write: Extract<Write, { do: 'amend' }>) {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const sets: string[] = [];
  const removes: string[] = [];
  for (const [index, [attribute, value]] of Object.entries(write.set).entries()) {
    names[`#s${index}`] = attribute;
    if (value === null) removes.push(`#s${index}`);
    else {
      values[`:s${index}`] = value;
      sets.push(`#s${index} = :s${index}`);
    }
  }
  const seen = Object.entries(write.where).map(([attribute, value], index) => {
    names[`#w${index}`] = attribute;
    if (value === null) return `attribute_not_exists(#w${index})`;
    values[`:w${index}`] = value;
    return `#w${index} = :w${index}`;
  });
  return {
    Key: toAttributes({ ...write.key }),
    UpdateExpression: [
      ...(sets.length > 0 ? [`SET ${sets.join(', ')}`] : []),
      ...(removes.length > 0 ? [`REMOVE ${removes.join(', ')}`] : []),
    ].join(' '),
    ConditionExpression: ['attribute_exists(PK)', ...seen].join(' AND '),
    ExpressionAttributeNames: names,
    ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: toAttributes(values) } : {}),
  };
}

function adjustment(write: Extract<Write, { do: 'adjust' }>) {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const adds = Object.entries(write.add).map(([attribute, amount], index) => {
    names[`#a${index}`] = attribute;
    values[`:a${index}`] = amount;
    return `#a${index} :a${index}`;
  });
  const sets = Object.entries(write.set ?? {}).map(([attribute, value], index) => {
    names[`#s${index}`] = attribute;
    values[`:s${index}`] = value;
    return `#s${index} = :s${index}`;
  });
  const floors = Object.entries(write.atLeast ?? {}).map(([attribute, floor], index) => {
    names[`#f${index}`] = attribute;
    values[`:f${index}`] = floor;
    return `#f${index} >= :f${index}`;
  });
  const ceilings = Object.entries(write.atMost ?? {}).map(([attribute, ceiling], index) => {
    names[`#c${index}`] = attribute;
    values[`:c${index}`] = ceiling;
    return `#c${index} <= :c${index}`;
  });
  if (write.version !== undefined) {
    names['#v'] = 'version';
    values[':v'] = write.version;
    floors.push('#v = :v');
  }
  return {
    Key: toAttributes({ ...write.key }),
    UpdateExpression: [`ADD ${adds.join(', ')}`, ...(sets.length > 0 ? [`SET ${sets.join(', ')}`] : [])].join(
      ' ',
    ),
    ConditionExpression: ['attribute_exists(PK)', ...floors, ...ceilings].join(' AND '),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: toAttributes(values),
  };
}
