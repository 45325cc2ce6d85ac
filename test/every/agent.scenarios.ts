import { commit, get } from '../../lib/aws/db.ts';
import { pulseKey } from '../../lib/kit/keys.ts';
import { addProbe, enrolledAgent, newAgent, type TestAgent } from '../kit/agent.ts';
import { type Answer, call } from '../kit/world.ts';
import { machineCalls } from './machines.scenarios.ts';
import type { Stage } from './scenarios.ts';

/** Prepares what one typical call of an agent needs; what it answers is the call. */
export type AgentScenario = (stage: Stage) => Promise<() => Promise<Answer>>;

const enrolled = ({ msp, customer }: Stage) => enrolledAgent(customer.id, msp.catalog);
/** Counts of six meters, as one report brings them. */
export const sixCounts = {
  DEVICE: 120,
  INTERFACE: 40,
  NCM_DEVICE: 12,
  FIREWALL: 2,
  IP_SWITCH_PORT: 900,
  ACCESS_POINT: 30,
};
const usage = (agent: TestAgent, sequence: number) => () =>
  agent.send('POST /v1/agent/usage', { sequence, counts: sixCounts });
const found = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    type: 'DEVICE',
    externalId: `device-${at}`,
    name: `Device ${at}`,
  }));

async function onDay(agent: TestAgent, day: string): Promise<void> {
  const key = pulseKey(agent.customerId, agent.probeId);
  const before = await get(key, true);
  const write = { do: 'amend', key, set: { day }, where: { day: String(before?.day) } } as const;
  await commit([write], `day${Date.now()}`, Date.now() + 5000);
}

/** One typical call of every route of agents, by route id. */
export const agentScenarios: Readonly<Record<string, AgentScenario>> = {
  enrolAgent: async ({ msp, customer }) => {
    const { enrolmentKey } = await addProbe(customer.id, msp.catalog);
    return () => newAgent().enrol(enrolmentKey);
  },
  agentHeartbeat: async (stage) => {
    const agent = await enrolled(stage);
    await agent.heartbeat();
    return () => agent.heartbeat();
  },
  'agentHeartbeat: after a report of six meters': async (stage) => {
    const agent = await enrolled(stage);
    await usage(agent, 1)();
    return () => agent.heartbeat();
  },
  getAgentConfiguration: async (stage) => {
    const agent = await enrolled(stage);
    return () => agent.send('GET /v1/agent/configuration');
  },
  'reportUsage: six meters': async (stage) => {
    const agent = await enrolled(stage);
    await usage(agent, 1)();
    return usage(agent, 2);
  },
  'reportUsage: sent again': async (stage) => {
    const agent = await enrolled(stage);
    await usage(agent, 1)();
    return usage(agent, 1);
  },
  'reportUsage: the first of a day': async (stage) => {
    const agent = await enrolled(stage);
    await usage(agent, 1)();
    await onDay(agent, '2026-01-01');
    return usage(agent, 2);
  },
  'reportInventory: one item': async (stage) => {
    const agent = await enrolled(stage);
    return () => agent.send('POST /v1/agent/inventory', { sequence: 1, items: found(1) });
  },
  rotateKeyPair: async (stage) => {
    const agent = await enrolled(stage);
    return () => agent.send('POST /v1/agent/rotation', { publicKey: newAgent().publicKey });
  },
  acknowledgeCommand: async (stage) => {
    const agent = await enrolled(stage);
    const path = `/v1/customers/${agent.customerId}/probes/${agent.probeId}`;
    await call(`POST ${path}/commands`, { as: stage.msp.catalog, body: { kind: 'SCAN' } });
    const [command] = (await agent.heartbeat()).body.commands;
    const line = `POST /v1/agent/commands/${command.id}/acknowledgement`;
    return () => agent.send(line, { result: 'DONE' });
  },
  ...machineCalls,
};
