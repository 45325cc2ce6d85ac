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
      return { Delete: { TableName, Key: toAttributes({ ...write.key }), ...removal(write) } };
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
    case 'vacant':
      return { ConditionCheck: { TableName, Key: toAttributes({ ...write.key }), ...vacancy(write) } };
    case 'adjust':
      return { Update: { TableName, ...adjustment(write) } };
  }
}

function removal({ version, where }: Extract<Write, { do: 'remove' }>) {
  const asked = { ...(version === undefined ? {} : { version }), ...where };
  const names = Object.keys(asked);
  if (names.length === 0) return { ConditionExpression: 'attribute_exists(PK)' };
  return {
    ConditionExpression: names.map((_, index) => `#r${index} = :r${index}`).join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#r${index}`, name])),
    ExpressionAttributeValues: toAttributes(
      Object.fromEntries(Object.values(asked).map((value, index) => [`:r${index}`, value])),
    ),
  };
}

function vacancy({ unless }: Extract<Write, { do: 'vacant' }>) {
  const said = Object.entries(unless);
  return {
    ConditionExpression: [
      'attribute_not_exists(PK)',
      ...said.map((_, index) => `#u${index} = :u${index}`),
    ].join(' OR '),
    ExpressionAttributeNames: Object.fromEntries(said.map(([name], index) => [`#u${index}`, name])),
    ExpressionAttributeValues: toAttributes(
      Object.fromEntries(said.map(([, value], index) => [`:u${index}`, value])),
    ),
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
