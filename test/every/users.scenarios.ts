import { passwordReset } from '../kit/sealing.ts';
import { plantNode, rootOf } from '../kit/tree.ts';
import { type Answer, call } from '../kit/world.ts';
import { define, give } from '../services/desk.ts';
import { add, callerOf, part, person, preset } from '../users/people.ts';
import type { Scenarios, Stage } from './scenarios.ts';

const any = { 'if-match': '*' };

/** A customer with its first user and another, who is nobody's administrator. */
async function staffed({ msp }: Stage) {
  const customer = await plantNode(rootOf(msp.id));
  const first = await add(customer, msp.catalog);
  const user = await add(customer, msp.catalog);
  return {
    customer,
    users: `/v1/customers/${customer.id}/users`,
    first,
    path: String(user.headers.location),
  };
}

const collection = ({ msp }: Stage): Promise<Answer> =>
  call('POST /v1/role-collections', {
    as: msp.catalog,
    body: { name: part(), roles: ['USER_ADMINISTRATOR'] },
  });

export const users: Scenarios = {
  createUser: async (stage) => {
    const { customer, users, first } = await staffed(stage);
    const as = { ...callerOf(first), provider: stage.msp.id };
    return { line: `POST ${users}`, as, body: person(customer) };
  },
  'createUser: the first, who signs in': async ({ msp }) => {
    const customer = await plantNode(rootOf(msp.id));
    return { line: `POST /v1/customers/${customer.id}/users`, as: msp.catalog, body: person(customer) };
  },
  'importUsers: ten': async (stage) => {
    const { customer } = await staffed(stage);
    const rows = Array.from({ length: 10 }, () => `Ann,Lee,${part()}@${customer.domain}`);
    return {
      line: `POST /v1/customers/${customer.id}/user-imports`,
      as: stage.msp.catalog,
      text: ['firstName,lastName,upn', ...rows].join('\n'),
      headers: { 'content-type': 'text/csv' },
    };
  },
  importUsers: async (stage) => {
    const { customer } = await staffed(stage);
    return {
      line: `POST /v1/customers/${customer.id}/user-imports`,
      as: stage.msp.catalog,
      text: `firstName,lastName,upn\nAnn,Lee,${part()}@${customer.domain}`,
      headers: { 'content-type': 'text/csv' },
    };
  },
  listUsers: async (stage) => ({ line: `GET ${(await staffed(stage)).users}`, as: stage.msp.reader }),
  'listUsers: q': async (stage) => ({
    line: `GET ${(await staffed(stage)).users}?q=ann`,
    as: stage.msp.reader,
  }),
  'listUsers: a role': async (stage) => ({
    line: `GET ${(await staffed(stage)).users}?role=USER_ADMINISTRATOR`,
    as: stage.msp.reader,
  }),
  'listUsers: of a service': async (stage) => {
    const { customer, users, path } = await staffed(stage);
    const service = await define(stage.msp.catalog);
    await give(stage.msp.catalog, customer, service);
    const body = { planId: null };
    await call(`PUT ${path}/services/${service.body.id}`, { as: stage.msp.catalog, body });
    return { line: `GET ${users}?serviceId=${service.body.id}`, as: stage.msp.reader };
  },
  getUser: async (stage) => ({ line: `GET ${(await staffed(stage)).path}`, as: stage.msp.reader }),
  changeUser: async (stage) => ({
    line: `PATCH ${(await staffed(stage)).path}`,
    as: stage.msp.catalog,
    headers: any,
    body: { lastName: 'Li' },
  }),
  'changeUser: another UPN': async (stage) => {
    const { path, customer } = await staffed(stage);
    const body = { upn: `${part()}@${customer.domain}` };
    return { line: `PATCH ${path}`, as: stage.msp.catalog, headers: any, body };
  },
  'changeUser: a role': async (stage) => ({
    line: `PATCH ${(await staffed(stage)).path}`,
    as: stage.msp.catalog,
    headers: any,
    body: preset('USER_ADMINISTRATOR'),
  }),
  deleteUser: async (stage) => ({
    line: `DELETE ${(await staffed(stage)).path}`,
    as: stage.msp.catalog,
    headers: any,
  }),
  provisionUser: async (stage) => ({
    line: `POST ${(await staffed(stage)).path}/provision`,
    as: stage.msp.catalog,
  }),
  deprovisionUser: async (stage) => ({
    line: `POST ${(await staffed(stage)).path}/deprovision`,
    as: stage.msp.catalog,
  }),
  resetPassword: async (stage) => ({
    line: `POST ${(await staffed(stage)).path}/password-reset`,
    as: stage.msp.catalog,
    body: passwordReset,
  }),
  createRoleCollection: ({ msp }) => ({
    line: 'POST /v1/role-collections',
    as: msp.catalog,
    body: { name: part(), roles: ['USER_ADMINISTRATOR', 'SERVICE_ADMINISTRATOR'] },
  }),
  listRoleCollections: async (stage) => {
    await collection(stage);
    return { line: 'GET /v1/role-collections', as: stage.msp.reader };
  },
  getRoleCollection: async (stage) => ({
    line: `GET ${(await collection(stage)).headers.location}`,
    as: stage.msp.reader,
  }),
  changeRoleCollection: async (stage) => ({
    line: `PATCH ${(await collection(stage)).headers.location}`,
    as: stage.msp.catalog,
    headers: any,
    body: { roles: ['SERVICE_ADMINISTRATOR'] },
  }),
  deleteRoleCollection: async (stage) => ({
    line: `DELETE ${(await collection(stage)).headers.location}`,
    as: stage.msp.catalog,
    headers: any,
  }),
};
