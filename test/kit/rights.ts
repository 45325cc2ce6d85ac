import { AsyncLocalStorage } from 'node:async_hooks';
import { client } from '../../lib/aws/dynamo.ts';
import { tagsNow } from '../../lib/aws/tenant-session.ts';
import type { Needs, TableAction } from '../../lib/kit/context.ts';
import { listedKeys, ownKeys, sessionKeys } from '../../lib/kit/reach.ts';
import { noteLacking } from './lacking.ts';

/** The function that a test runs as, by what it was granted. */
interface Acting {
  readonly name: string;
  readonly needs: Needs;
}

/** One call of the table that its sender has no right to. */
export interface Denied {
  readonly function: string;
  readonly action: string;
  readonly keys: readonly string[];
  /** Of a session its tags; nothing: the function's own role. */
  readonly tags: Readonly<Record<string, string>> | undefined;
}

const acting = new AsyncLocalStorage<Acting>();
export const denials: Denied[] = [];

/** Runs work with the rights of a function: what it sends without a session counts as its own role's. */
export const actingAs = <T>(name: string, needs: Needs, work: () => T): T =>
  acting.run({ name, needs }, work);

type Attribute = { readonly S?: string };
type Row = Readonly<Record<string, Attribute>>;
interface Input {
  readonly Key?: Row;
  readonly Item?: Row;
  readonly IndexName?: string;
  readonly ExpressionAttributeValues?: Row;
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly Row[] }>>;
  readonly TransactItems?: readonly Readonly<Record<string, { readonly Key?: Row; readonly Item?: Row }>>[];
}

const actions: Readonly<Record<string, TableAction>> = {
  GetItem: 'get',
  BatchGetItem: 'batchGet',
  Query: 'query',
  PutItem: 'put',
  UpdateItem: 'update',
  DeleteItem: 'delete',
  ...{ Put: 'put', Update: 'update', Delete: 'delete', ConditionCheck: 'check' },
};

/** What a call asks for, action by action, with its leading keys. */
export function askedBy(command: string, input: Input): Map<TableAction | undefined, Set<string>> {
  const asked = new Map<TableAction | undefined, Set<string>>();
  const add = (action: string, row: Row | undefined) => {
    const keys = asked.get(actions[action]) ?? new Set();
    asked.set(actions[action], keys.add(row?.PK?.S ?? ''));
  };
  if (input.TransactItems)
    for (const one of input.TransactItems)
      for (const [kind, { Key, Item }] of Object.entries(one)) add(kind, Key ?? Item);
  else if (input.RequestItems)
    for (const { Keys } of Object.values(input.RequestItems)) for (const key of Keys) add(command, key);
  else if (command === 'Query') add(command, { PK: input.ExpressionAttributeValues?.[':p'] ?? {} });
  else add(command, input.Key ?? input.Item);
  return asked;
}

/** A leading key as a policy says it: text, perhaps a tag's variable in it, perhaps anything behind. */
interface Pattern {
  readonly before: string;
  readonly tag: string | undefined;
  readonly after: string;
  readonly open: boolean;
  /** Where single characters are left open. */
  readonly like: RegExp | undefined;
}

function toPattern(said: string): Pattern {
  const [, before = '', tag, after = '', star = ''] =
    /^([^$]*?)(?:\$\{aws:PrincipalTag\/(\w+)\})?([^$*]*)(\*?)$/.exec(said) ?? [];
  const text = said.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  const like = said.includes('?')
    ? new RegExp(`^${text.replaceAll('?', '.').replaceAll('*', '.*')}$`, 's')
    : undefined;
  return { before, tag, after, open: star === '*', like };
}

/** StringLike, with the variables that tags are. */
function matches({ before, tag, after, open, like }: Pattern, key: string, tags: Denied['tags']): boolean {
  if (like) return like.test(key);
  const said = `${before}${tag === undefined ? '' : (tags?.[tag] ?? '\n')}${after}`;
  return open ? key.startsWith(said) : key === said;
}

type Granted = Readonly<Record<'read' | 'find' | 'write' | 'own', readonly Pattern[]>>;
const granted = new WeakMap<Needs, Granted>();

function grantedTo(needs: Needs): Granted {
  const known = granted.get(needs);
  if (known) return known;
  const { sessions = {} } = needs;
  const { read, find, write } = sessionKeys(sessions);
  const own = ownKeys(sessions.alongside ?? []);
  const made = {
    ...{ read: read.map(toPattern), find: find.map(toPattern) },
    ...{ write: write.map(toPattern), own: own.map(toPattern) },
  };
  granted.set(needs, made);
  return made;
}

/** Whether IAM would let a function, or a session of it, do this to these leading keys. */
export function mayDo(
  { needs }: Pick<Acting, 'needs'>,
  tags: Denied['tags'],
  asked: {
    readonly action: TableAction | undefined;
    readonly keys: readonly string[];
    readonly index?: boolean;
  },
): boolean {
  const { action, keys, index = false } = asked;
  const { sessions = {}, table } = needs;
  if (action === undefined || (index && !needs.index)) return false;
  const isChange = action === 'put' || action === 'update' || action === 'delete';
  const listed = !tags && !index ? listedKeys(sessions.lists) : [];
  if (!tags && action === 'query') return keys.length > 0 && keys.every((key) => listed.includes(key));
  if (!tags && action !== 'get' && action !== 'batchGet') return false;
  if (!table.includes(action)) return false;
  if ((action === 'update' || action === 'delete') && keys.some((key) => /#(AUDIT|ENTRY|SEAL)$/.test(key)))
    return false;
  if (action === 'put' && keys.some((key) => /#(SEAL|ANCHOR_DUE)$/.test(key))) return false;
  const { own, read, find, write } = grantedTo(needs);
  const allowed = !tags ? own : isChange ? write : index ? find : read;
  const may = (key: string) => listed.includes(key) || allowed.some((pattern) => matches(pattern, key, tags));
  return keys.length > 0 && keys.every(may);
}

const guarded = new WeakSet<object>();

/** Judges every call of the client as IAM would; before anything else is put round its calls. */
export function guard(): void {
  const one = client();
  if (guarded.has(one)) return;
  guarded.add(one);
  one.around('call', async (call, next) => {
    const by = acting.getStore();
    if (by) await judge(by, call.operation, call.input as Input);
    return next(call);
  });
}

async function judge(by: Acting, command: string, input: Input): Promise<void> {
  const tags = await tagsNow();
  // With a role over the whole table the shell's own look at the target is all there is.
  if (!by.needs.sessions) return;
  for (const [action, keys] of askedBy(command, input)) {
    const asked = { action, keys: [...keys], index: input.IndexName !== undefined };
    if (mayDo(by, tags, asked)) continue;
    if (process.env.RIGHTS_LOG) {
      noteLacking({ name: by.name, action, input, tags }, (key) =>
        mayDo(by, tags, { ...asked, keys: [key] }),
      );
      continue;
    }
    denials.push({ function: by.name, action: action ?? command, keys: [...keys], tags });
    throw Object.assign(new Error(`${by.name} may not ${action} ${[...keys]} ${JSON.stringify(tags)}`), {
      name: 'AccessDeniedException',
    });
  }
}
