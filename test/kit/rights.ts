import { AsyncLocalStorage } from 'node:async_hooks';
import { appendFileSync } from 'node:fs';
import { client } from '../../lib/aws/dynamo.ts';
import { tagsNow } from '../../lib/aws/tenant-session.ts';
import type { Needs, TableAction } from '../../lib/kit/context.ts';
import { listedKeys, ownKeys, sessionKeys } from '../../lib/kit/reach.ts';

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

const patterns = new Map<string, RegExp>();

/** StringLike, with the variables that tags are. */
function like(pattern: string, key: string, tags: Denied['tags']): boolean {
  const said = pattern.replace(/\$\{aws:PrincipalTag\/(\w+)\}/g, (_, tag: string) => tags?.[tag] ?? '\n');
  let made = patterns.get(said);
  if (!made) {
    const parts = said
      .split('*')
      .map((part) => part.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('?', '.'));
    made = new RegExp(`^${parts.join('.*')}$`, 's');
    patterns.set(said, made);
    if (patterns.size > 50_000) patterns.clear();
  }
  return made.test(key);
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
  const { read, find, write } = sessionKeys(sessions);
  const allowed = !tags
    ? [...ownKeys(sessions.alongside ?? []), ...listed]
    : isChange
      ? write
      : index
        ? find
        : read;
  return keys.length > 0 && keys.every((key) => allowed.some((pattern) => like(pattern, key, tags)));
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
      record(by, action, input, tags);
      continue;
    }
    denials.push({ function: by.name, action: action ?? command, keys: [...keys], tags });
    throw Object.assign(new Error(`${by.name} may not ${action} ${[...keys]} ${JSON.stringify(tags)}`), {
      name: 'AccessDeniedException',
    });
  }
}

function record(by: Acting, action: TableAction | undefined, input: Input, tags: Denied['tags']): void {
  const index = input.IndexName !== undefined;
  const found = JSON.stringify(input).matchAll(
    /"PK":\{"S":"([^"]+)"\},"SK":\{"S":"([^"]+)"\}|":p":\{"S":"([^"]+)"\}/g,
  );
  const where =
    new Error().stack
      ?.match(/(?:functions|lib)\/(?!aws)[a-z/-]+\.ts:\d+/g)
      ?.slice(0, 4)
      .join(' < ') ?? '';
  const said = new Set<string>();
  for (const [, pk, sk = '', p] of found) {
    const key = pk ?? p ?? '';
    if (mayDo(by, tags, { action, keys: [key], index })) continue;
    const [tenant = ''] = /[a-z]{3}_[0-9A-Z]{26}/.exec(key) ?? [];
    const as = tags
      ? Object.entries(tags)
          .filter(([, id]) => id === tenant)
          .map(([tag]) => tag.replace(/\d+/, ''))[0]
      : 'itself';
    said.add(
      `${as ?? tenant.slice(0, 3)}:${key.replace(/^T#[a-z]{3}_[0-9A-Z]{26}#?/, '') || `NODE(${/^S#/.test(sk) ? sk : sk.slice(0, 2)})`}`,
    );
  }
  for (const one of said)
    appendFileSync(
      process.env.RIGHTS_LOG ?? '',
      `${by.name} | ${action}${index ? ` ${input.IndexName}` : ''} | home ${tags?.home?.slice(0, 3)} target ${tags?.tid?.slice(0, 3)} | ${one} | ${where}\n`,
    );
}
