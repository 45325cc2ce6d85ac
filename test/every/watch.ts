import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { client } from '../../lib/aws/db.ts';

/**
 * What becomes of calls of the store. `open`: they are made. `closed`: none is, and whoever asks hears that the store
 * does not answer. `walled`: reads are made, and answered from memory where the same was read before; writes are not.
 */
export type Mode = 'open' | 'closed' | 'walled';

export interface Watch {
  mode: Mode;
  /** Calls asked for, whatever became of them. */
  readonly calls: () => number;
  /** Writes that the store took. */
  readonly written: () => number;
  /** Writes that the wall or the closed door kept out. */
  readonly kept: () => number;
  /** Leaves the store as it was found. */
  readonly stop: () => void;
}

interface Command {
  readonly input: Record<string, unknown>;
}
type Raw = Record<string, unknown>;
type Send = (command: Command, ...more: unknown[]) => Promise<unknown>;

const isWrite = (name: string) => /^(?:Put|Update|Delete|TransactWrite)/.test(name);

// As an endpoint that is not there: the shell takes it for a store that is silent, and does not ask twice.
const silent = () => Object.assign(new Error('closed'), { name: 'ServiceUnavailable' });

/** Watches the process's own client, below every line of ours and above the SDK's. */
export function watchStore(): Watch {
  const store = client() as unknown as { send: Send };
  const send = store.send.bind(store);
  let [calls, written, kept] = [0, 0, 0];
  const items = new Map<string, Promise<Raw | undefined>>();
  const pages = new Map<string, Promise<unknown>>();
  const remembered = (name: string, command: Command): Promise<unknown> => {
    if (name === 'BatchGetItemCommand') return batch(command, items, send);
    const key = `${name} ${JSON.stringify(command.input)}`;
    const known = pages.get(key) ?? send(command);
    pages.set(key, known);
    return known;
  };
  const watch: Watch & { mode: Mode } = {
    mode: 'open',
    calls: () => calls,
    written: () => written,
    kept: () => kept,
    stop: () => {
      delete (store as Partial<typeof store>).send;
    },
  };
  store.send = async (command, ...more) => {
    calls++;
    const { name } = command.constructor;
    if (watch.mode === 'open') {
      if (!isWrite(name)) return send(command, ...more);
      items.clear();
      pages.clear();
      const done = await send(command, ...more);
      written++;
      return done;
    }
    if (watch.mode === 'walled' && !isWrite(name)) return remembered(name, command);
    kept++;
    throw silent();
  };
  return watch;
}

const place = ({ PK, SK }: Raw) => `${(PK as { S: string }).S}\n${(SK as { S: string }).S}`;

/** Item by item, so that who asks for one more than somebody before asks the engine for that one alone. */
async function batch(
  { input }: Command,
  items: Map<string, Promise<Raw | undefined>>,
  send: Send,
): Promise<unknown> {
  const [[table, { Keys }] = ['', { Keys: [] }]] = Object.entries(
    input.RequestItems as Record<string, { Keys: Raw[] }>,
  );
  const missing = Keys.filter((key) => !items.has(place(key)));
  if (missing.length > 0) {
    const RequestItems = { [table]: { Keys: missing as never[], ConsistentRead: true } };
    const asked = send(new BatchGetItemCommand({ RequestItems }) as unknown as Command).then((answer) => {
      const { Responses, UnprocessedKeys } = answer as Record<string, Record<string, unknown>>;
      if (Object.keys(UnprocessedKeys ?? {}).length > 0) throw new Error('The engine left keys out');
      return new Map(((Responses?.[table] ?? []) as Raw[]).map((item) => [place(item), item]));
    });
    for (const key of missing) {
      items.set(
        place(key),
        asked.then((found) => found.get(place(key))),
      );
    }
  }
  const found = await Promise.all(Keys.map((key) => items.get(place(key))));
  return { Responses: { [table]: found.filter((one) => one !== undefined) } };
}
