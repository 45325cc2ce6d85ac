import { randomUUID } from 'node:crypto';
import { onImportRequested } from '../../functions/directory/on-import-requested.ts';
import { newId } from '../../lib/aws/world.ts';
import { platformId } from '../../lib/kit/id.ts';
import { call, type Msp, makeMsp } from '../kit/world.ts';
import type { Request, Scenarios } from './scenarios.ts';

const first = { 'if-match': '"1"' };
const unique = () => randomUUID().slice(0, 8);
const company = () => ({ name: `Alpine Dairy ${unique()}`, type: 'CUSTOMER' });
const person = () => ({
  fullName: 'Ada Example',
  loginName: `ada.${unique()}`,
  email: `ada.${unique()}@dairy.example.com`,
  organization: 'Operations',
  department: 'IT',
});

async function companyOf(msp: Msp): Promise<string> {
  return (await call('POST /v1/companies', { as: msp.catalog, body: company() })).body.id;
}

async function peopleOf(msp: Msp, count: number) {
  const path = `/v1/companies/${await companyOf(msp)}`;
  const people: { path: string; email: string }[] = [];
  for (let index = 0; index < count; index++) {
    const { body } = await call(`POST ${path}/people`, { as: msp.catalog, body: person() });
    people.push({ path: `${path}/people/${body.id}`, email: body.email });
  }
  return { path, one: people[0] ?? { path: '', email: '' } };
}

/** A file of companies: every second one has no type, which is told. */
function fileOf(msp: Msp, rows: number): Request {
  const text = Array.from(
    { length: rows },
    (_, index) => `Company ${index + 100},${index % 2 ? 'CUSTOMER' : ''}`,
  );
  return {
    line: 'POST /v1/imports?kind=companies',
    as: msp.catalog,
    text: ['name,type', ...text].join('\n'),
    headers: { 'content-type': 'text/csv' },
  };
}

async function imported() {
  const msp = await makeMsp();
  const { line, ...sent } = fileOf(msp, 60);
  const { id } = (await call(line, sent)).body;
  await onImportRequested.handle({
    id: newId('event', Date.now()),
    type: 'directory.import_requested.v1',
    source: 'quartermaster',
    at: new Date().toISOString(),
    tenant: { id: msp.id, providerId: msp.id, path: [platformId, msp.id] },
    actor: { id: msp.catalog.person, kind: 'person', home: msp.id },
    subject: id,
    data: { kind: 'companies', done: 0, total: 60 },
    traceId: randomUUID(),
  });
  return { line: `GET /v1/operations/${id}`, as: msp.reader };
}

export const directory: Scenarios = {
  createCompany: ({ msp }) => ({ line: 'POST /v1/companies', as: msp.catalog, body: company() }),
  listCompanies: async ({ msp }) => {
    for (let index = 0; index < 25; index++) await companyOf(msp);
    return { line: 'GET /v1/companies', as: msp.reader };
  },
  'listCompanies: by type': ({ msp }) => ({ line: 'GET /v1/companies?type=CUSTOMER', as: msp.reader }),
  getCompany: async ({ msp }) => ({ line: `GET /v1/companies/${await companyOf(msp)}`, as: msp.reader }),
  updateCompany: async ({ msp }) => ({
    line: `PATCH /v1/companies/${await companyOf(msp)}`,
    as: msp.catalog,
    body: { locations: ['Vienna'] },
    headers: first,
  }),
  'updateCompany: another name': async ({ msp }) => ({
    line: `PATCH /v1/companies/${await companyOf(msp)}`,
    as: msp.catalog,
    body: { name: `Renamed ${unique()}` },
    headers: first,
  }),
  removeCompany: async ({ msp }) => ({
    line: `DELETE /v1/companies/${await companyOf(msp)}`,
    as: msp.catalog,
    headers: first,
  }),
  createPerson: async ({ msp }) => ({
    line: `POST ${(await peopleOf(msp, 1)).path}/people`,
    as: msp.catalog,
    body: person(),
  }),
  listPeople: async ({ msp }) => ({ line: `GET ${(await peopleOf(msp, 25)).path}/people`, as: msp.reader }),
  getPerson: async ({ msp }) => ({ line: `GET ${(await peopleOf(msp, 1)).one.path}`, as: msp.reader }),
  updatePerson: async ({ msp }) => ({
    line: `PATCH ${(await peopleOf(msp, 1)).one.path}`,
    as: msp.catalog,
    body: { location: 'Vienna' },
    headers: first,
  }),
  removePerson: async ({ msp }) => ({
    line: `DELETE ${(await peopleOf(msp, 1)).one.path}`,
    as: msp.catalog,
    headers: first,
  }),
  findPeople: async ({ msp }) => ({
    line: `GET /v1/people?email=${(await peopleOf(msp, 1)).one.email}`,
    as: msp.reader,
  }),
  'importDirectory: 100 rows': ({ msp }) => fileOf(msp, 100),
  getOperation: imported,
  listOperationRows: async () => {
    const { line, as } = await imported();
    return { line: `${line}/rows`, as };
  },
  listGroups: async ({ msp }) => ({ line: `GET ${(await peopleOf(msp, 1)).path}/groups`, as: msp.reader }),
};
