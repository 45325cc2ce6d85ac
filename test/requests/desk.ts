import { randomUUID } from 'node:crypto';
import { commit } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { endUserItem } from '../../lib/kit/end-user.ts';
import { assign, publish } from '../catalog/desk.ts';
import { type Answer, type Caller, call, type Msp } from '../kit/world.ts';

const any = { 'if-match': '*' };

/** An end user of a customer, planted below the API: in these marketplaces. */
export async function plantEndUser(
  customer: { readonly id: string; readonly provider: string },
  markets: readonly number[] = [],
  person = newId('person', Date.now()),
): Promise<Caller> {
  const row = { customerId: customer.id, id: person, source: 'DIRECTORY', markets, version: 1 } as const;
  await commit([{ do: 'create', item: endUserItem(row) }], randomUUID(), Date.now() + 5000);
  return {
    tenant: customer.id,
    person,
    roles: [],
    email: `${person.toLowerCase()}@customer.example.com`,
    provider: customer.provider,
  };
}

/** Everything that is assigned to a customer and not restricted is for everyone there. */
export const openCatalogue = (as: Caller, customerId: string): Promise<Answer> =>
  call(`PUT /v1/customers/${customerId}/full-view`, { as, body: { on: true }, headers: any });

/** A published item that a customer has. */
export async function offer(
  msp: Msp,
  customerId: string,
  more: Record<string, unknown> = {},
): Promise<Answer> {
  const item = await publish(msp.catalog, more);
  const given = await assign(msp.catalog, customerId, item);
  if (given.status !== 201) throw new Error(JSON.stringify(given.body));
  return item;
}

export const order = (
  as: Caller,
  item: Answer,
  more: Record<string, unknown> = {},
  query = '',
): Promise<Answer> => call(`POST /v1/requests${query}`, { as, body: { itemId: item.body.id, ...more } });

/** Moves a request on as somebody above it. */
export const move = (
  as: Caller,
  request: Answer,
  verb: string,
  sent: { comment?: string; ifMatch?: string; query?: string } = {},
): Promise<Answer> =>
  call(
    `POST /v1/customers/${request.body.customerId}/requests/${request.body.id}/${verb}${sent.query ?? ''}`,
    {
      as,
      body: sent.comment === undefined ? {} : { comment: sent.comment },
      headers: { 'if-match': sent.ifMatch ?? '*' },
    },
  );

/** The same by the requester. */
export const own = (
  as: Caller,
  request: Answer,
  verb: 'cancel' | 'confirm',
  body: Record<string, unknown> = {},
): Promise<Answer> => call(`POST /v1/requests/${request.body.id}/${verb}`, { as, body, headers: any });

export const credits = async (as: Caller, customerId: string, body: unknown): Promise<Answer> =>
  call(`POST /v1/customers/${customerId}/credits/grants`, { as, body });
export const balance = async (as: Caller, customerId: string): Promise<number> =>
  (await call(`GET /v1/customers/${customerId}/credits`, { as })).body.balance;
