import { randomUUID } from 'node:crypto';
import { type Answer, type Caller, call } from '../kit/world.ts';

const any = { 'if-match': '*' };
export const items = '/v1/catalogue/items';
export const of = (item: Answer | string) =>
  `${items}/${typeof item === 'string' ? item : (item.body.id as string)}`;

/** A whole service: every mandatory detail is there. */
export const service = (more: Record<string, unknown> = {}) => ({
  name: `Mailbox ${randomUUID().slice(0, 8)}`,
  summary: 'Mail for one person',
  description: 'A mailbox of 50 GB.',
  category: 'Mail',
  ...more,
});

export const draft = (as: Caller, more: Record<string, unknown> = {}): Promise<Answer> =>
  call(`POST ${items}`, { as, body: service(more) });
export const edit = (as: Caller, item: Answer, body: Record<string, unknown>): Promise<Answer> =>
  call(`PATCH ${of(item)}`, { as, body, headers: any });
export const read = (as: Caller, item: Answer): Promise<Answer> => call(`GET ${of(item)}`, { as });
export const step = (
  as: Caller,
  item: Answer,
  verb: 'submit' | 'publish' | 'unpublish' | 'reject',
): Promise<Answer> =>
  call(`POST ${of(item)}/${verb}`, { as, ...(verb === 'reject' ? { body: { reason: 'Too dear' } } : {}) });

/** A published service. */
export async function publish(as: Caller, more: Record<string, unknown> = {}): Promise<Answer> {
  const made = await draft(as, more);
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  const out = await step(as, made, 'publish');
  if (out.status !== 200) throw new Error(JSON.stringify(out.body));
  return out;
}

export const bundle = (
  as: Caller,
  parts: readonly { itemId: string; min: number; max: number }[],
  more: Record<string, unknown> = {},
): Promise<Answer> => draft(as, { type: 'BUNDLE', parts, ...more });

const held = (customerId: string, item: Answer) =>
  `/v1/customers/${customerId}/catalogue/items/${item.body.id}`;
export const assign = (as: Caller, customerId: string, item: Answer, query = ''): Promise<Answer> =>
  call(`PUT ${held(customerId, item)}${query}`, { as });
export const unassign = (as: Caller, customerId: string, item: Answer, query = ''): Promise<Answer> =>
  call(`DELETE ${held(customerId, item)}${query}`, { as, headers: any });
export const having = (as: Caller, customerId: string, item: Answer): Promise<Answer> =>
  call(`GET ${held(customerId, item)}`, { as });
