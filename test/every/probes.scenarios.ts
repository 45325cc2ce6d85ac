import { call } from '../kit/world.ts';
import { add, enrolBelow, retireNow } from '../probes/scene.ts';
import type { Scenario, Scenarios, Stage } from './scenarios.ts';

const any = { 'if-match': '*' };
const proxy = {
  host: 'proxy.branch.example.com',
  port: 3128,
  user: 'probe',
  secretRef: 'env:PROXY_PASSWORD',
};
const setUp = { name: 'Head office', proxy, nat: { host: '203.0.113.7', port: 8443, protocol: 'HTTPS' } };

const added = ({ msp, customer }: Stage) => add(msp.catalog, customer.id, { proxy });
async function enrolled(stage: Stage, mode?: 'MANUAL') {
  const probe = await added(stage);
  await enrolBelow(probe, mode);
  return probe;
}

const approval =
  (mode: 'GET' | 'PUT'): Scenario =>
  ({ msp, customer }) => {
    const line = `${mode} /v1/customers/${customer.id}/probe-approval`;
    if (mode === 'GET') return { line, as: msp.reader };
    return { line, as: msp.catalog, body: { mode: 'AUTOMATIC' }, headers: any };
  };

const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString();
async function window({ msp, customer }: Stage): Promise<string> {
  const body = { to: tomorrow(), reason: 'New switches' };
  const path = `/v1/customers/${customer.id}/maintenance-windows`;
  const { headers } = await call(`POST ${path}`, { as: msp.catalog, body });
  return headers.location ?? '';
}

export const probes: Scenarios = {
  createProbe: async (stage) => {
    await added(stage);
    const { msp, customer } = stage;
    const body = { ...setUp, name: `Head office ${crypto.randomUUID()}` };
    return { line: `POST /v1/customers/${customer.id}/probes`, as: msp.catalog, body };
  },
  listProbes: async (stage) => {
    for (let n = 0; n < 25; n++) await add(stage.msp.catalog, stage.customer.id);
    return { line: `GET /v1/customers/${stage.customer.id}/probes`, as: stage.msp.reader };
  },
  getProbe: async (stage) => ({ line: `GET ${(await enrolled(stage)).path}`, as: stage.msp.reader }),
  changeProbe: async (stage) => {
    const { path } = await enrolled(stage);
    return { line: `PATCH ${path}`, as: stage.msp.catalog, body: { nat: setUp.nat }, headers: any };
  },
  'changeProbe: its name': async (stage) => {
    const { path, id } = await enrolled(stage);
    return { line: `PATCH ${path}`, as: stage.msp.catalog, body: { name: id }, headers: any };
  },
  retireProbe: async (stage) => {
    const { path } = await added(stage);
    return { line: `DELETE ${path}`, as: stage.msp.catalog, headers: any };
  },
  issueEnrolmentKey: async (stage) => {
    const { path } = await added(stage);
    return { line: `POST ${path}/enrolment-key`, as: stage.msp.catalog };
  },
  approveProbe: async (stage) => {
    const { path } = await enrolled(stage, 'MANUAL');
    return { line: `POST ${path}/approval`, as: stage.msp.catalog, body: { decision: 'APPROVE' } };
  },
  revokeProbe: async (stage) => {
    const { path } = await enrolled(stage);
    return { line: `POST ${path}/revocation`, as: stage.msp.catalog, body: { reason: 'Stolen' } };
  },
  orderCommand: async (stage) => {
    const { path } = await enrolled(stage);
    return { line: `POST ${path}/commands`, as: stage.msp.catalog, body: { kind: 'SCAN' } };
  },
  getProbeApproval: approval('GET'),
  setProbeApproval: approval('PUT'),
  createMaintenanceWindow: async (stage) => {
    const { id } = await added(stage);
    const body = { to: tomorrow(), probeIds: [id], reason: 'New switches' };
    const line = `POST /v1/customers/${stage.customer.id}/maintenance-windows`;
    return { line, as: stage.msp.catalog, body };
  },
  listMaintenanceWindows: async (stage) => {
    for (let n = 0; n < 25; n++) await window(stage);
    return { line: `GET /v1/customers/${stage.customer.id}/maintenance-windows`, as: stage.msp.reader };
  },
  getMaintenanceWindow: async (stage) => ({ line: `GET ${await window(stage)}`, as: stage.msp.reader }),
  deleteMaintenanceWindow: async (stage) => ({
    ...{ line: `DELETE ${await window(stage)}`, as: stage.msp.catalog, headers: any },
  }),
  getProbeOperation: async (stage) => {
    const retired = await retireNow(stage.msp.catalog, await added(stage));
    return { line: `GET ${retired.headers.location}`, as: stage.msp.reader };
  },
};
