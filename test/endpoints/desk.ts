import { builtInDocument, type PolicyDocument } from '../../lib/endpoints/policy-document.ts';
import { type Answer, type Caller, call } from '../kit/world.ts';

export const any = { 'if-match': '*' };
let made = 0;

export const documentOf = (more: Partial<PolicyDocument> = {}): PolicyDocument => ({
  ...builtInDocument,
  ...more,
});

/** A customer's console, over the API by its administrator. */
export function desk(customer: { readonly id: string; readonly admin: Caller }, as = customer.admin) {
  const path = `/v1/customers/${customer.id}`;
  const groups = `${path}/machine-groups`;
  const policies = `${path}/policies`;
  const packages = `${path}/packages`;
  return {
    path,
    groups,
    policies,
    packages,
    get: (at: string): Promise<Answer> => call(`GET ${at}`, { as }),
    group: (body: Record<string, unknown> = {}): Promise<Answer> =>
      call(`POST ${groups}`, { as, body: { name: `Group ${made++}`, ...body } }),
    change: (groupId: string, body: unknown, headers: Record<string, string> = any): Promise<Answer> =>
      call(`PATCH ${groups}/${groupId}`, { as, body, headers }),
    remove: (at: string, headers: Record<string, string> = any): Promise<Answer> =>
      call(`DELETE ${at}`, { as, headers }),
    policy: (body: Record<string, unknown> = {}): Promise<Answer> =>
      call(`POST ${policies}`, { as, body: { name: `Policy ${made++}`, document: documentOf(), ...body } }),
    put: (policyId: string, body: unknown, headers: Record<string, string> = any): Promise<Answer> =>
      call(`PUT ${policies}/${policyId}`, { as, body, headers }),
    package: (body: Record<string, unknown>): Promise<Answer> =>
      call(`POST ${packages}`, { as, body: { platform: 'ANY', ...body } }),
    revoke: (packageId: string): Promise<Answer> => call(`POST ${packages}/${packageId}/revoke`, { as }),
  };
}
