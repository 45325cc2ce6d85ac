import type { Role } from '../../lib/kit/permission.ts';
import { plantCustomer } from '../kit/plant.ts';
import { type Caller, call, enlist, type Msp } from '../kit/world.ts';

const dayMs = 86_400_000;
const today = Date.now();
export const inDays = (days: number): string => new Date(today + days * dayMs).toISOString();

export interface Wish {
  readonly roles?: readonly string[];
  readonly mostMinutes?: number;
  readonly approval?: 'STANDING' | 'EACH';
  readonly endsInDays?: number;
}

const both = ['CUSTOMER_ADMINISTRATOR', 'CUSTOMER_OPERATOR'] as const;

export const wish = ({ endsInDays = 200, ...more }: Wish = {}) => ({
  roles: both,
  mostMinutes: 60,
  approval: 'STANDING',
  endsAt: inDays(endsInDays),
  ...more,
});

export const entry = (more: Record<string, unknown> = {}) => ({
  reason: 'The printer policy blocks everybody',
  ticket: 'INC-4711',
  roles: ['CUSTOMER_ADMINISTRATOR'],
  minutes: 30,
  ...more,
});

/** What is done about one customer's access, each step over the API. */
export function deskOf(msp: Msp, customer: { id: string; admin: Caller }) {
  const path = `/v1/customers/${customer.id}`;
  const any = { 'if-match': '*' };
  const post = (line: string, as: Caller, body?: unknown) =>
    call(`POST ${path}${line}`, { as, body, headers: any });
  const asks = (more: Wish = {}, as = msp.catalog) =>
    call(`PUT ${path}/access`, { as, body: wish(more), headers: any });
  const tag = async () => (await call(`GET ${path}/access`, { as: customer.admin })).headers.etag ?? '';
  /** What is approved is bound to what was read; the rest to nothing. */
  const decides = async (body: Record<string, unknown>, as = customer.admin) => {
    const headers = body.decision === 'APPROVE' ? { 'if-match': await tag() } : any;
    return call(`POST ${path}/access/decision`, { as, body, headers });
  };
  return {
    ...{ msp, path, wish, entry, id: customer.id, admin: customer.admin, asks, decides },
    gives: async (more: Wish = {}) => {
      await asks(more);
      return decides({ decision: 'APPROVE' });
    },
    narrow: (more: Wish) => decides({ decision: 'NARROW', terms: wish({ endsInDays: 199, ...more }) }),
    manages: (managementType: 'PARTNER' | 'CUSTOMER' | 'BOTH') =>
      call(`PUT ${path}/management`, {
        as: msp.catalog,
        body: { managementType, communications: 'BOTH' },
        headers: any,
      }),
    open: (more: Record<string, unknown> = {}, as: Caller = msp.catalog) =>
      post('/access-sessions', as, entry(more)),
    end: (sessionId: string, as: Caller = customer.admin) => post(`/access-sessions/${sessionId}/end`, as),
    answer: (sessionId: string, decision: 'APPROVE' | 'REFUSE') =>
      post(`/access-sessions/${sessionId}/decision`, customer.admin, { decision }),
    /** A read and a change of the console, with a session's token or without. */
    reads: (token?: string, as: Caller = msp.catalog) =>
      call(`GET ${path}/policies`, { as, headers: token ? { 'quartermaster-session': token } : {} }),
    changes: (
      token?: string,
      as: Caller = msp.catalog,
      name = `Group ${Math.random().toString(36).slice(2)}`,
    ) =>
      call(`POST ${path}/machine-groups`, {
        as,
        body: { name },
        headers: token ? { 'quartermaster-session': token } : {},
      }),
  };
}

/** A customer of its own whose administrator has given access. */
export async function newDesk(msp: Msp, more: Wish = {}) {
  const desk = deskOf(msp, await plantCustomer(msp.id));
  await desk.gives(more);
  return desk;
}

/** Somebody new of the provider. */
export const somebody = (msp: Msp, role: Role) => enlist(msp.id, [role]);
