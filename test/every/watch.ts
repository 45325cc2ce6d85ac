import type { Around, Call } from '../../lib/aws/aws-json.ts';
import { client } from '../../lib/aws/dynamo.ts';

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

type Raw = Record<string, unknown>;
type Send = Parameters<Around>[1];

const isWrite = (name: string) => /^(?:Put|Update|Delete|TransactWrite)/.test(name);

// As an endpoint that is not there: the shell takes it for a store that is silent, and does not ask twice.
const silent = () => Object.assign(new Error('closed'), { name: 'ServiceUnavailable' });

let watched: Around | undefined;
let listening = false;

/** Watches the process's own client, below every line of ours and above its attempts. */
export function watchStore(): Watch {
  if (!listening) client().around('call', (call, next) => (watched ? watched(call, next) : next(call)));
  listening = true;
  let [calls, written, kept] = [0, 0, 0];
  const items = new Map<string, Promise<Raw | undefined>>();
  const pages = new Map<string, Promise<object>>();
  const remembered = (call: Call, send: Send): Promise<object> => {
    if (call.operation === 'BatchGetItem') return batch(call, items, send);
    const key = JSON.stringify(call);
    const known = pages.get(key) ?? send(call);
    pages.set(key, known);
    return known;
  };
  const watch: Watch & { mode: Mode } = {
    mode: 'open',
    calls: () => calls,
    written: () => written,
    kept: () => kept,
    stop: () => {
      watched = undefined;
    },
  };
  watched = async (call, send) => {
    calls++;
    if (watch.mode === 'open') {
      if (!isWrite(call.operation)) return send(call);
      items.clear();
      pages.clear();
      const done = await send(call);
      written++;
      return done;
    }
    if (watch.mode === 'walled' && !isWrite(call.operation)) return remembered(call, send);
    kept++;
    throw silent();
  };
  return watch;
}

const place = ({ PK, SK }: Raw) => `${(PK as { S: string }).S}\n${(SK as { S: string }).S}`;

/** Item by item, so that who asks for one more than somebody before asks the engine for that one alone. */
async function batch(
  { operation, input }: Call,
  items: Map<string, Promise<Raw | undefined>>,
  send: Send,
): Promise<object> {
  const [[table, { Keys }] = ['', { Keys: [] }]] = Object.entries(
    (input as Record<string, Record<string, { Keys: Raw[] }>>).RequestItems ?? {},
  );
  const missing = Keys.filter((key) => !items.has(place(key)));
  if (missing.length > 0) {
    const RequestItems = { [table]: { Keys: missing as never[], ConsistentRead: true } };
    const asked = send({ operation, input: { RequestItems } }).then((answer) => {
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
