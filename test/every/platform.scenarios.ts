import { randomUUID } from 'node:crypto';
import { call, enlist } from '../kit/world.ts';
import type { Scenarios, Stage } from './scenarios.ts';

const first = { 'if-match': '"1"' };
const address = () => `p.${randomUUID().slice(0, 8)}@msp.example.com`;
const members = ({ msp }: Stage) => `/v1/providers/${msp.id}/members`;

export const platform: Scenarios = {
  getMe: ({ msp }) => ({ line: 'GET /v1/me', as: msp.catalog }),
  createProvider: ({ msp }) => ({
    line: 'POST /v1/providers',
    as: msp.operator,
    body: {
      name: `Northwind ${randomUUID().slice(0, 8)}`,
      domains: [`${randomUUID().slice(0, 8)}.example`],
      hosting: 'SAAS',
      installation: 'FRESH',
      administrator: { name: 'First Admin', email: address() },
    },
  }),
  listProviders: ({ msp }) => ({ line: 'GET /v1/providers', as: msp.operator }),
  getProvider: ({ msp }) => ({ line: `GET /v1/providers/${msp.id}`, as: msp.system }),
  updateProvider: async ({ msp }) => {
    const { headers } = await call(`GET /v1/providers/${msp.id}`, { as: msp.system });
    return {
      line: `PATCH /v1/providers/${msp.id}`,
      as: msp.system,
      body: { name: `Renamed ${randomUUID().slice(0, 8)}` },
      headers: { 'if-match': headers.etag ?? '' },
    };
  },
  addMember: (stage) => ({
    line: `POST ${members(stage)}`,
    as: stage.msp.system,
    body: { name: 'New Person', email: address(), roles: ['MSP_OPERATOR'] },
  }),
  listMembers: (stage) => ({ line: `GET ${members(stage)}`, as: stage.msp.system }),
  getMember: (stage) => ({
    line: `GET ${members(stage)}/${stage.msp.reader.person}`,
    as: stage.msp.system,
  }),
  changeMember: async (stage) => {
    const { person } = await enlist(stage.msp.id, ['MSP_OPERATOR']);
    return {
      line: `PATCH ${members(stage)}/${person}`,
      as: stage.msp.system,
      body: { roles: ['CATALOG_ADMINISTRATOR'] },
      headers: first,
    };
  },
  removeMember: async (stage) => {
    const { person } = await enlist(stage.msp.id, ['MSP_OPERATOR']);
    return { line: `DELETE ${members(stage)}/${person}`, as: stage.msp.system, headers: first };
  },
};
