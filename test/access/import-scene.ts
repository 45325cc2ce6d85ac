import { randomUUID } from 'node:crypto';
import { handler } from '../../functions/access/pages.ts';
import { commit, get } from '../../lib/aws/db.ts';
import { settle } from '../../lib/aws/settle.ts';
import { newId } from '../../lib/aws/world.ts';
import { openAccount } from '../../lib/customers/account.ts';
import { platformId } from '../../lib/kit/id.ts';
import { nodeKey } from '../../lib/kit/keys.ts';
import { deliver } from '../kit/deliver.ts';
import type { Mailbox } from '../kit/mailbox.ts';
import { type Answer, type Caller, call } from '../kit/world.ts';

export const terms = {
  managementType: 'BOTH',
  communications: 'CUSTOMER_ONLY',
  access: { roles: ['CUSTOMER_OPERATOR'], mostMinutes: 30, approval: 'EACH' },
} as const;

export interface Account {
  readonly id: string;
  readonly name: string;
  readonly admin: Caller;
}

/** An account that no partner looks after, with its administrator, as the operator's command leaves it. */
export async function makeAccount(named?: string): Promise<Account> {
  const unique = randomUUID();
  const now = new Date().toISOString();
  const name = named ?? `Account ${unique.slice(0, 8)}`;
  const made = { id: newId('customer', Date.now()), personId: newId('person', Date.now()) };
  const email = `admin.${unique}@account.example.com`;
  const plan = openAccount(
    { name, email: `office.${unique}@account.example.com`, administrator: { name: 'Ada Admin', email } },
    { ...made, now },
  );
  const platform = {
    id: platformId,
    type: 'PLATFORM',
    path: [platformId],
    name: '',
    version: 1,
    item: {},
  } as const;
  const actor = { id: 'operator', kind: 'operator', home: platformId } as const;
  const writes = settle(plan, { actor, target: platform, now, requestId: unique });
  await commit(writes, randomUUID(), Date.now() + 5000);
  const roles = ['CUSTOMER_ADMINISTRATOR'];
  return { id: made.id, name, admin: { tenant: made.id, person: made.personId, roles, email } };
}

export const askFor = (as: Caller, email: string, more: Record<string, unknown> = {}): Promise<Answer> =>
  call('POST /v1/customer-imports', { as, body: { email, ...terms, ...more } });

/** Asks for an account and has what follows delivered; answers the token of the mail that went to it. */
export async function asked(
  of: { partner: Caller; account: Pick<Account, 'id' | 'admin'>; mailbox: Mailbox },
  more: Record<string, unknown> = {},
): Promise<{ id: string; token: string }> {
  const { status, body } = await askFor(of.partner, of.account.admin.email, more);
  if (status !== 201) throw new Error(`askImport answered ${status}: ${JSON.stringify(body)}`);
  await deliver(of.partner.tenant);
  return { id: body.id, token: tokenIn(of.mailbox, of.account.admin.email) };
}

/** The token of the newest mail with a link to an address. */
export function tokenIn(mailbox: Mailbox, address: string): string {
  const found = mailbox
    .to(address)
    .flatMap(({ text }) => /\/import\/confirm\?token=([\w-]{43})(?![\w-])/.exec(text)?.[1] ?? []);
  return found.at(-1) ?? '';
}

export interface Page {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly html: string;
}

/** A request to the page, as the gateway hands it to its function. */
export async function request(
  method: 'GET' | 'POST',
  sent: { query?: string; body?: string; type?: string; base64?: boolean },
): Promise<Page> {
  const { query = '', body, type = 'application/x-www-form-urlencoded', base64 = true } = sent;
  const event = {
    routeKey: `${method} /import/confirm`,
    rawPath: '/import/confirm',
    rawQueryString: query,
    headers: body === undefined ? {} : { 'content-type': type },
    requestContext: { requestId: randomUUID() },
    ...(body === undefined ? {} : { body: base64 ? Buffer.from(body).toString('base64') : body }),
    isBase64Encoded: body !== undefined && base64,
  };
  const answer = (await handler(event as never)) as {
    statusCode: number;
    headers: Record<string, string>;
    body: string;
  };
  return { status: answer.statusCode, headers: answer.headers, html: answer.body };
}

export const look = (token: string): Promise<Page> =>
  request('GET', { query: new URLSearchParams({ token }).toString() });

export const reply = (
  token: string,
  form: { decision?: string; email: string; reason?: string },
): Promise<Page> =>
  request('POST', {
    body: new URLSearchParams({ token, decision: 'confirm', reason: '', ...form }).toString(),
  });

export const pathOf = async (customerId: string): Promise<string> =>
  String((await get(nodeKey(customerId), true))?.path);

export const importAt = async (as: Caller, id: string): Promise<Record<string, unknown>> =>
  (await call(`GET /v1/customer-imports/${id}`, { as })).body;
