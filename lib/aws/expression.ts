import type { TransactWriteItem, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { Key } from '../kit/keys.ts';
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
    case 'amend':
      return { Update: { TableName, ...amendment(write) } };
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

/** A change of one item by what the item itself holds: nobody has read it before. */
export interface Attempt {
  readonly key: Key;
  /** Attributes to set; null removes one. */
  readonly set: Readonly<Record<string, unknown>>;
  /** Values that attributes must have; null: absent. */
  readonly where: Readonly<Record<string, string | number | boolean | null>>;
  /** Values that attributes must be below. */
  readonly below?: Readonly<Record<string, string | number>>;
  /** Values that attributes must have or be above. */
  readonly atLeast?: Readonly<Record<string, string | number>>;
}

/** An attempt as an UpdateItem: answers the whole item, as it is after or, where a condition failed, as it was. */
export function toUpdate({ below = {}, atLeast = {}, ...amended }: Attempt): UpdateItemCommandInput {
  const { ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues, ...rest } =
    amendment(amended);
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const bound = (bounds: typeof below, sign: string, mark: string) =>
    Object.entries(bounds).map(([attribute, value], index) => {
      names[`#${mark}${index}`] = attribute;
      values[`:${mark}${index}`] = value;
      return `#${mark}${index} ${sign} :${mark}${index}`;
    });
  const conditions = [ConditionExpression, ...bound(below, '<', 'b'), ...bound(atLeast, '>=', 'f')];
  return {
    TableName: env('TABLE_NAME'),
    ...rest,
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: { ...ExpressionAttributeNames, ...names },
    ExpressionAttributeValues: { ...ExpressionAttributeValues, ...toAttributes(values) },
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

function amendment(write: Pick<Extract<Write, { do: 'amend' }>, 'key' | 'set' | 'where' | 'orNew'>) {
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
    ConditionExpression: [...(write.orNew ? [] : ['attribute_exists(PK)']), ...seen].join(' AND '),
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
