import { randomUUID } from 'node:crypto';
import type { Planted } from '../kit/tree.ts';
import { type Answer, type Caller, call } from '../kit/world.ts';

export const code = () => randomUUID().replace(/-/g, '').slice(0, 8).toUpperCase();
const any = { 'if-match': '*' };

export const define = (as: Caller, more: Record<string, unknown> = {}): Promise<Answer> =>
  call('POST /v1/services', { as, body: { code: code(), name: `Service ${code()}`, kind: 'USER', ...more } });

export const price = (as: Caller, service: Answer, more: Record<string, unknown> = {}): Promise<Answer> =>
  call(`POST ${service.headers.location}/plans`, {
    as,
    body: { audience: 'CUSTOMER', name: 'Basic', costPrice: 500, salesPrice: 900, currency: 'EUR', ...more },
  });

const place = (node: Pick<Planted, 'id'>, what: 'offers' | 'services', service: Answer) =>
  `/v1/customers/${node.id}/${what}/${service.body.id}`;

export const offer = (as: Caller, node: Pick<Planted, 'id'>, service: Answer) =>
  call(`PUT ${place(node, 'offers', service)}`, { as });
export const withdraw = (as: Caller, node: Pick<Planted, 'id'>, service: Answer) =>
  call(`DELETE ${place(node, 'offers', service)}`, { as, headers: any });
export const give = (as: Caller, node: Pick<Planted, 'id'>, service: Answer, plan?: Answer) =>
  call(`PUT ${place(node, 'services', service)}`, { as, body: { planId: plan?.body.id ?? null } });
export const take = (as: Caller, node: Pick<Planted, 'id'>, service: Answer) =>
  call(`DELETE ${place(node, 'services', service)}`, { as, headers: any });

const ofUser = (user: Answer, service: Answer) => `${user.headers.location}/services/${service.body.id}`;
export const giveUser = (as: Caller, user: Answer, service: Answer, plan?: Answer) =>
  call(`PUT ${ofUser(user, service)}`, { as, body: { planId: plan?.body.id ?? null } });
export const takeUser = (as: Caller, user: Answer, service: Answer) =>
  call(`DELETE ${ofUser(user, service)}`, { as, headers: any });
export const readUser = (as: Caller, user: Answer, service: Answer) =>
  call(`GET ${ofUser(user, service)}`, { as });
