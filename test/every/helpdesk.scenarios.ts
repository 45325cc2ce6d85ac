import { call, type Msp, makeMsp } from '../kit/world.ts';
import type { Scenarios } from './scenarios.ts';

const first = { 'if-match': '"1"' };
const request = { kind: 'MSP_MODE', subject: 'MSP mode', description: 'We serve several companies.' };
const question = { kind: 'QUESTION', subject: 'Where is the invoice?', description: 'Of last month' };

async function raise(msp: Msp, body: unknown): Promise<string> {
  return (await call('POST /v1/tickets', { as: msp.catalog, body })).body.id;
}

async function several(count: number, one: (index: number) => Promise<unknown>): Promise<void> {
  for (let index = 0; index < count; index++) await one(index);
}

async function made(msp: Msp, path: string, body: unknown): Promise<string> {
  return (await call(`POST ${path}`, { as: msp.catalog, body })).body.id;
}

const user = (index = 0) => ({ name: 'Outside Person', email: `outside.${index}@partner.example.com` });
const group = (index = 0) => ({ name: `Collaborators ${index}`, members: ['one@partner.example.com'] });

export const helpdesk: Scenarios = {
  createTicket: async () => {
    const msp = await makeMsp();
    return { line: 'POST /v1/tickets', as: msp.catalog, body: request };
  },
  'createTicket: question': ({ msp }) => ({ line: 'POST /v1/tickets', as: msp.catalog, body: question }),
  listTickets: async () => {
    const msp = await makeMsp();
    await several(25, () => raise(msp, question));
    return { line: 'GET /v1/tickets', as: msp.reader };
  },
  'listTickets: by state': async () => {
    const msp = await makeMsp();
    await several(25, () => raise(msp, question));
    return { line: 'GET /v1/tickets?state=OPEN', as: msp.reader };
  },
  getTicket: async ({ msp }) => ({ line: `GET /v1/tickets/${await raise(msp, question)}`, as: msp.reader }),
  approveTicket: async () => {
    const msp = await makeMsp();
    return { line: `POST /v1/tickets/${await raise(msp, request)}/approve`, as: msp.handler, headers: first };
  },
  rejectTicket: async () => {
    const msp = await makeMsp();
    const line = `POST /v1/tickets/${await raise(msp, request)}/reject`;
    return { line, as: msp.handler, body: { reason: 'Not yet' }, headers: first };
  },
  cancelTicket: async () => {
    const msp = await makeMsp();
    return { line: `POST /v1/tickets/${await raise(msp, request)}/cancel`, as: msp.catalog, headers: first };
  },
  addComment: async ({ msp }) => ({
    line: `POST /v1/tickets/${await raise(msp, question)}/comments`,
    as: msp.catalog,
    body: { text: 'It is number 4711.' },
  }),
  listComments: async ({ msp }) => {
    const line = `/v1/tickets/${await raise(msp, question)}/comments`;
    await several(25, () => call(`POST ${line}`, { as: msp.catalog, body: { text: 'Is there any news?' } }));
    return { line: `GET ${line}`, as: msp.reader };
  },
  getMspMode: ({ msp }) => ({ line: 'GET /v1/msp-mode', as: msp.reader }),
  getEligibility: ({ msp }) => ({ line: 'GET /v1/msp-mode/eligibility', as: msp.reader }),
  enableMspMode: async () => {
    const msp = await makeMsp({ hosting: 'ON_PREMISES' });
    return { line: 'POST /v1/msp-mode/enable', as: msp.system };
  },
  disableMspMode: async () => {
    const msp = await makeMsp({ hosting: 'ON_PREMISES' });
    await call('POST /v1/msp-mode/enable', { as: msp.system });
    return { line: 'POST /v1/msp-mode/disable', as: msp.system };
  },
  createExternalUser: async () => {
    const msp = await makeMsp();
    return { line: 'POST /v1/external-users', as: msp.catalog, body: user() };
  },
  listExternalUsers: async () => {
    const msp = await makeMsp();
    await several(25, (index) => made(msp, '/v1/external-users', user(index)));
    return { line: 'GET /v1/external-users', as: msp.reader };
  },
  getExternalUser: async () => {
    const msp = await makeMsp();
    return {
      line: `GET /v1/external-users/${await made(msp, '/v1/external-users', user())}`,
      as: msp.reader,
    };
  },
  deleteExternalUser: async () => {
    const msp = await makeMsp();
    const line = `DELETE /v1/external-users/${await made(msp, '/v1/external-users', user())}`;
    return { line, as: msp.catalog, headers: first };
  },
  createCollaboratorGroup: async () => {
    const msp = await makeMsp();
    return { line: 'POST /v1/collaborator-groups', as: msp.catalog, body: group() };
  },
  listCollaboratorGroups: async () => {
    const msp = await makeMsp();
    await several(25, (index) => made(msp, '/v1/collaborator-groups', group(index)));
    return { line: 'GET /v1/collaborator-groups', as: msp.reader };
  },
  getCollaboratorGroup: async () => {
    const msp = await makeMsp();
    const id = await made(msp, '/v1/collaborator-groups', group());
    return { line: `GET /v1/collaborator-groups/${id}`, as: msp.reader };
  },
  deleteCollaboratorGroup: async () => {
    const msp = await makeMsp();
    const id = await made(msp, '/v1/collaborator-groups', group());
    return { line: `DELETE /v1/collaborator-groups/${id}`, as: msp.catalog, headers: first };
  },
};
