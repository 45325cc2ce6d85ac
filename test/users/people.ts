import { randomUUID } from 'node:crypto';
import { personOf } from '../../lib/users/admission.ts';
import type { Planted } from '../kit/tree.ts';
import { type Answer, type Caller, call } from '../kit/world.ts';

export const part = () => `u${randomUUID().slice(0, 12)}`;

/** A new user's body: everything that must be said. */
export const person = (customer: Planted, more: Record<string, unknown> = {}) => ({
  firstName: 'Ann',
  lastName: 'Lee',
  upn: `${part()}@${customer.domain}`,
  ...more,
});

export const add = (customer: Planted, as: Caller, more: Record<string, unknown> = {}): Promise<Answer> =>
  call(`POST /v1/customers/${customer.id}/users`, { as, body: person(customer, more) });

export const change = (user: Answer, as: Caller, body: object, etag = user.headers.etag): Promise<Answer> =>
  call(`PATCH ${user.headers.location ?? ''}`, { as, body, headers: { 'if-match': etag ?? '*' } });

export const remove = (user: Answer, as: Caller): Promise<Answer> =>
  call(`DELETE ${user.headers.location ?? ''}`, { as, headers: { 'if-match': '*' } });

export const read = (user: Answer, as: Caller): Promise<Answer> =>
  call(`GET ${user.headers.location ?? ''}`, { as });

/** The caller that a user with a role signs in as. */
export const callerOf = ({ body }: Answer): Caller => ({
  tenant: body.customerId,
  person: personOf(body.id),
  roles: body.roles,
  email: body.email,
});

export const preset = (name: string) => ({ role: { preset: name } });
