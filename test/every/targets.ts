import { contexts } from '../../functions/contexts.ts';
import { type AgentEvent, serveAgent } from '../../lib/aws/agent.ts';
import type { AgentRoute } from '../../lib/kit/agent.ts';
import { addProbe, enrolledAgent, newAgent, signed, type TestAgent } from '../kit/agent.ts';
import { openOffice, programs } from '../kit/machine.ts';
import { call } from '../kit/world.ts';
import { claimsOf, knock, noteRefusal, pathOf, type Raw, routes, wireOf } from './door.ts';
import type { Draft } from './moves.ts';
import { routeOf, type Scenario, type Stage, scenarios } from './scenarios.ts';

/** An endpoint with a typical request that it takes. */
export interface Target {
  readonly id: string;
  readonly changes: boolean;
  /** Of a body. */
  readonly mostBytes: number;
  /** A copy of the typical request. */
  readonly base: () => Draft;
  readonly send: (draft: Draft) => Promise<Raw>;
  /** Prepares another typical request: the one before was taken. */
  readonly renew: () => Promise<void>;
}

/** A stage to prepare a request on: one is not asked for more than it may hold. */
export type Stages = () => Promise<Stage>;

export const typicalOf = (id: string): Scenario => {
  const [, found] = Object.entries(scenarios).find(([name]) => routeOf(name) === id) ?? [];
  if (!found) throw new Error(`${id} has no scenario`);
  return found;
};

const copyOf = ({ params, query, headers, ...rest }: Draft): Draft => ({
  ...rest,
  ...{ params: { ...params }, query: [...query], headers: { ...headers } },
});

const textOf = ({ text, value }: Draft): string | undefined =>
  text ?? (value === undefined ? undefined : JSON.stringify(value));

const noted = (route: { readonly id: string }, raw: Raw): Raw => {
  if (raw.statusCode >= 400) noteRefusal(route, (JSON.parse(raw.body) as { code: string }).code);
  return raw;
};

async function ofPeople(id: string, scenario: Scenario, stage: Stages): Promise<Target> {
  const route = routes.find((one) => one.id === id);
  if (!route) throw new Error(`Nothing is called ${id}`);
  const prepare = async () => {
    const { line, as, ...sent } = await scenario(await stage());
    const { params, query, headers } = wireOf(route, line, { key: 'k', ...sent });
    const { body, text } = sent;
    const draft: Draft = {
      ...{ params: { ...params }, query: [...new URLSearchParams(query)], headers: { ...headers } },
      ...{ value: body, text, base64: false },
    };
    return { draft, claims: as && claimsOf(as) };
  };
  let typical = await prepare();
  let sent = 0;
  return {
    ...{ id, changes: route.method !== 'GET', mostBytes: route.maxBodyBytes ?? 65_536 },
    base: () => {
      const draft = copyOf(typical.draft);
      if (draft.headers['idempotency-key']) draft.headers['idempotency-key'] = `key-${sent++}`;
      return draft;
    },
    send: async (draft) => {
      const { params, query, headers, base64 } = draft;
      const search = new URLSearchParams(query).toString();
      const wire = { params, query: search, headers, body: textOf(draft), base64 };
      return noted(route, await knock(route, wire, typical.claims));
    },
    renew: async () => {
      typical = await prepare();
    },
  };
}

/** What a call of each route of agents says, and who says it. */
const calls: Readonly<
  Record<string, (stage: Stage) => Promise<{ agent: TestAgent; body?: unknown; params?: Draft['params'] }>>
> = {
  enrolAgent: async ({ msp, customer }) => {
    const { enrolmentKey } = await addProbe(customer.id, msp.catalog);
    const agent = newAgent();
    return { agent, body: { enrolmentKey, publicKey: agent.publicKey } };
  },
  agentHeartbeat: async (stage) => ({ agent: await probeOf(stage), body: { version: '1.2.3' } }),
  getAgentConfiguration: async (stage) => ({ agent: await probeOf(stage) }),
  reportUsage: async (stage) => ({
    agent: await probeOf(stage),
    body: { sequence: 1, counts: { DEVICE: 12, FIREWALL: 2 } },
  }),
  reportInventory: async (stage) => ({
    agent: await probeOf(stage),
    body: { sequence: 1, items: [{ type: 'DEVICE', externalId: 'device-1', name: 'Device 1' }] },
  }),
  rotateKeyPair: async (stage) => ({
    agent: await probeOf(stage),
    body: { publicKey: newAgent().publicKey },
  }),
  acknowledgeCommand: async (stage) => {
    const agent = await probeOf(stage);
    const path = `/v1/customers/${agent.customerId}/probes/${agent.probeId}`;
    await call(`POST ${path}/commands`, { as: stage.msp.catalog, body: { kind: 'SCAN' } });
    const [command] = (await agent.heartbeat()).body.commands;
    return { agent, body: { result: 'DONE' }, params: { commandId: command.id } };
  },
  enrolMachine: async ({ msp, customer }) => {
    const { token } = await openOffice(msp, customer);
    const agent = newAgent();
    const said = { name: 'PC 17', platform: 'LINUX', osVersion: 'Debian 13' };
    return { agent, body: { ...said, packageToken: token, publicKey: agent.publicKey } };
  },
  machineHeartbeat: async (stage) => ({ agent: await machineOf(stage), body: { version: '1.2.3' } }),
  getMachinePolicy: async (stage) => ({ agent: await machineOf(stage) }),
  rotateMachineKey: async (stage) => ({
    agent: await machineOf(stage),
    body: { publicKey: newAgent().publicKey },
  }),
  reportMachineInventory: async (stage) => ({
    agent: await machineOf(stage),
    body: {
      ...{ sequence: 1, hostname: 'pc-17.contoso.example', osVersion: 'Debian 13.2' },
      ...{ agentVersion: 'test/1', programs: programs(2) },
    },
  }),
};

const probeOf = ({ msp, customer }: Stage) => enrolledAgent(customer.id, msp.catalog);
const machineOf = async ({ msp, customer }: Stage) =>
  (await (await openOffice(msp, customer)).enrolled()).agent;

const agentRoutes = contexts.flatMap(({ agent }) => agent?.routes ?? []);
/** Calls that one process takes of a probe at once are fewer than these here: after so many, another process. */
const burst = 25;

async function ofAgents(route: AgentRoute, stage: Stages): Promise<Target> {
  const prepare = async () => {
    const found = await calls[route.id]?.(await stage());
    if (!found) throw new Error(`Nobody says how ${route.id} is called`);
    return found;
  };
  let typical = await prepare();
  let [sent, handler] = [0, serveAgent(agentRoutes)];
  return {
    ...{ id: route.id, changes: true, mostBytes: route.maxBodyBytes ?? 65_536 },
    base: () => ({
      ...{ params: { ...typical.params }, query: [], text: undefined, base64: false },
      headers: typical.body === undefined ? {} : { 'content-type': 'application/json' },
      value: typical.body,
    }),
    send: async (draft) => {
      if (++sent % burst === 0) handler = serveAgent(agentRoutes);
      const { agent } = typical;
      const count = route.permission === 'open' ? 0 : ++agent.count;
      const path = pathOf(route, draft.params);
      const text = textOf(draft) ?? '';
      const bytes = Buffer.from(text, draft.base64 ? 'base64' : 'utf8');
      const { 'content-type': _, ...proof } = signed(agent, `${route.method} ${path}`, bytes, count);
      const event = {
        ...{ version: '2.0', routeKey: `${route.method} ${route.path}`, rawPath: path },
        rawQueryString: new URLSearchParams(draft.query).toString(),
        headers: { ...proof, ...draft.headers },
        pathParameters: draft.params,
        requestContext: {
          requestId: `request-${sent}`,
          http: {
            method: route.method,
            path,
            protocol: 'HTTP/1.1',
            sourceIp: `10.0.${sent >> 8}.${sent & 255}`,
          },
        },
        ...{ body: bytes.toString('base64'), isBase64Encoded: true },
      } as unknown as AgentEvent;
      const context = { getRemainingTimeInMillis: () => 20_000 } as never;
      return noted(route, (await handler(event, context)) as unknown as Raw);
    },
    renew: async () => {
      typical = await prepare();
    },
  };
}

/** How to come to each endpoint's target. */
export const targets: Readonly<Record<string, (stage: Stages) => Promise<Target>>> = Object.fromEntries([
  ...routes.map(({ id }) => [id, (stage: Stages) => ofPeople(id, typicalOf(id), stage)]),
  ...agentRoutes.map((route) => [route.id, (stage: Stages) => ofAgents(route, stage)]),
]);
