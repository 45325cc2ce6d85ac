import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { asking, client, newClient } from '../../lib/aws/dynamo.ts';
import { isRead } from '../kit/faults.ts';
import { count } from '../kit/weather.ts';
import { keysOf } from './crash.ts';

type Stored = Record<string, AttributeValue>;

/** A copy of the table whose indexes answer in place of the table's own, some writes behind. */
export interface LaggingCopy {
  /** From now on it is at most so many writes behind; 0: not at all. */
  readonly behind: (writes: number) => Promise<void>;
}

interface Change {
  readonly key: Stored;
  readonly item: Stored | undefined;
}

/** Sends every query of an index to the copy. */
export function lagBehind(table: string, copy: string): LaggingCopy {
  const raw = newClient();
  const askPast = asking(() => raw);
  const waiting: Change[][] = [];
  let most = 0;
  const catchUp = async () => {
    while (waiting.length > most) {
      for (const { key, item } of waiting.shift() ?? []) {
        if (item) await askPast('PutItem', { TableName: copy, Item: item });
        else await askPast('DeleteItem', { TableName: copy, Key: key });
      }
    }
  };
  const follow = async (keys: readonly Stored[]) => {
    const RequestItems = { [table]: { Keys: [...keys], ConsistentRead: true } };
    const { Responses } = await askPast('BatchGetItem', { RequestItems });
    const found = new Map((Responses?.[table] ?? []).map((item) => [nameOf(item), item]));
    waiting.push(keys.map((key) => ({ key, item: found.get(nameOf(key)) })));
    await catchUp();
  };
  client().around('call', async (call, next) => {
    const { operation, input } = call;
    if ('IndexName' in input) {
      if (waiting.length > 0) count('index lag');
      return next({ operation, input: { ...input, TableName: copy } });
    }
    const answer = await next(call);
    if (!isRead(operation)) await follow(keysOf({ operation, read: false, input: input as never }));
    return answer;
  });
  return {
    behind: (writes) => {
      most = writes;
      return catchUp();
    },
  };
}

const nameOf = ({ PK, SK }: Stored) => `${PK?.S} ${SK?.S}`;
