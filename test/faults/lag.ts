import {
  type AttributeValue,
  BatchGetItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { client } from '../../lib/aws/db.ts';
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

/** Sends every query of an index to the copy. The client keeps its middleware after its first call: before that. */
export function lagBehind(table: string, copy: string): LaggingCopy {
  const raw = new DynamoDBClient({});
  const waiting: Change[][] = [];
  let most = 0;
  const catchUp = async () => {
    while (waiting.length > most) {
      for (const { key, item } of waiting.shift() ?? []) {
        if (item) await raw.send(new PutItemCommand({ TableName: copy, Item: item }));
        else await raw.send(new DeleteItemCommand({ TableName: copy, Key: key }));
      }
    }
  };
  const follow = async (keys: readonly Stored[]) => {
    const RequestItems = { [table]: { Keys: [...keys], ConsistentRead: true } };
    const { Responses } = await raw.send(new BatchGetItemCommand({ RequestItems }));
    const found = new Map((Responses?.[table] ?? []).map((item) => [nameOf(item), item]));
    waiting.push(keys.map((key) => ({ key, item: found.get(nameOf(key)) })));
    await catchUp();
  };
  client().middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const input = args.input as { IndexName?: string; TableName?: string };
        if (input.IndexName !== undefined) {
          if (waiting.length > 0) count('index lag');
          return next({ ...args, input: { ...input, TableName: copy } as never });
        }
        const answer = await next(args);
        if (!isRead(commandName))
          await follow(keysOf({ command: commandName, read: false, input: args.input as never }));
        return answer;
      },
    { step: 'initialize', priority: 'high', name: 'lag' },
  );
  return {
    behind: (writes) => {
      most = writes;
      return catchUp();
    },
  };
}

const nameOf = ({ PK, SK }: Stored) => `${PK?.S} ${SK?.S}`;
