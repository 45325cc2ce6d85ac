import type { AgentRoute } from '../../lib/kit/agent.ts';
import { acknowledgeCommand } from './acknowledge-command.ts';
import { agentHeartbeat } from './agent-heartbeat.ts';
import { enrolAgent } from './enrol-agent.ts';
import { getAgentConfiguration } from './get-agent-configuration.ts';
import { reportInventory } from './report-inventory.ts';
import { reportUsage } from './report-usage.ts';
import { rotateKeyPair } from './rotate-key-pair.ts';

/** Calls that cost little, whatever they hold. */
export const briefRoutes: readonly AgentRoute[] = [
  enrolAgent,
  agentHeartbeat,
  getAgentConfiguration,
  reportUsage,
  rotateKeyPair,
  acknowledgeCommand,
];
/** Reports of up to 500 things: a function of their own, so that heartbeats never wait for them. */
export const inventoryRoutes: readonly AgentRoute[] = [reportInventory];

export const agentRoutes: readonly AgentRoute[] = [...briefRoutes, ...inventoryRoutes];
