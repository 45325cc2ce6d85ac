import { addCustomer, call, type Msp, makeMsp } from '../kit/world.ts';
import type { Request, Scenario, Scenarios } from './scenarios.ts';

const any = { 'if-match': '*' };
const unset = { 'if-match': '"0"' };
const words = { thresholds: [80, 100], recipients: ['ops@msp.example.com'] };
const devices = (count: number) => ({
  items: Array.from({ length: count }, (_, index) => ({ type: 'DEVICE', name: `switch-${index + 10}` })),
});

/** A customer with 50 of the provider's 1,000 licences and some devices. */
async function licensed(count = 1) {
  const msp = await makeMsp();
  const { id } = await addCustomer(msp);
  const path = `/v1/customers/${id}`;
  const send = (line: string, body: unknown, headers = any) => call(line, { as: msp.catalog, body, headers });
  await send('PUT /v1/licence-pool/DEVICE', { licensed: 1000 });
  await send(`PUT ${path}/licences`, { model: 'ALLOCATED', allocations: { DEVICE: { limit: 50 } } });
  const { body } = await send(`POST ${path}/items`, devices(count));
  return { msp, path, ids: (body.items as { id: string }[]).map((one) => one.id), send };
}

const read =
  (rest: string, count = 1): Scenario =>
  async () => {
    const { msp, path } = await licensed(count);
    return { line: `GET ${path}${rest}`, as: msp.reader };
  };

const post =
  (rest: string, body: (ids: string[]) => unknown): Scenario =>
  async () => {
    const { msp, path, ids } = await licensed();
    return { line: `POST ${path}${rest}`, as: msp.catalog, body: body(ids) };
  };

const put = (line: string, msp: Msp, body: unknown, headers = unset): Request => ({
  line: `PUT ${line}`,
  as: msp.catalog,
  body,
  headers,
});

export const licensing: Scenarios = {
  listPools: async () => ({ line: 'GET /v1/licence-pool', as: (await licensed()).msp.reader }),
  getPool: async () => ({ line: 'GET /v1/licence-pool/DEVICE', as: (await licensed()).msp.reader }),
  setPool: async () => put('/v1/licence-pool/DEVICE', await makeMsp(), { licensed: 1000 }),
  getLicences: read('/licences'),
  setLicences: async () => {
    const { msp, path } = await licensed();
    const body = { model: 'ALLOCATED', allocations: { DEVICE: { limit: 80 } } };
    return put(`${path}/licences`, msp, body, any);
  },
  addItems: post('/items', () => devices(1)),
  'addItems: ten': post('/items', () => devices(10)),
  listItems: read('/items', 25),
  'listItems: by type and state': read('/items?type=DEVICE&state=MANAGED', 25),
  getItem: async () => {
    const { msp, path, ids } = await licensed();
    return { line: `GET ${path}/items/${ids[0]}`, as: msp.reader };
  },
  deleteItem: async () => {
    const { msp, path, ids } = await licensed();
    return { line: `DELETE ${path}/items/${ids[0]}`, as: msp.catalog, headers: any };
  },
  unmanageItems: post('/items/unmanage', (ids) => ({ ids })),
  manageItems: async () => {
    const { msp, path, ids, send } = await licensed();
    await send(`POST ${path}/items/unmanage`, { ids });
    return { line: `POST ${path}/items/manage`, as: msp.catalog, body: { ids } };
  },
  getNotificationDefaults: ({ msp }) => ({ line: 'GET /v1/notification-settings', as: msp.reader }),
  setNotificationDefaults: async () => put('/v1/notification-settings', await makeMsp(), words),
  getNotificationSettings: read('/notification-settings'),
  setNotificationSettings: async () => {
    const { msp, path } = await licensed();
    return put(`${path}/notification-settings`, msp, words);
  },
  previewNotice: post('/notification-settings/preview', () => ({})),
  sendNoticeToMe: post('/notification-settings/send-to-me', () => ({})),
};
