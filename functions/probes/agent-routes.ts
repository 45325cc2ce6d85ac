import type { AgentRoute } from '../../lib/kit/agent.ts';
import { acknowledgeCommand } from './acknowledge-command.ts';
import { agentHeartbeat } from './agent-heartbeat.ts';
import { enrolAgent } from './enrol-agent.ts';
import { getAgentConfiguration } from './get-agent-configuration.ts';
import { reportInventory } from './report-inventory.ts';
import { reportUsage } from './report-usage.ts';
import { rotateKeyPair } from './rotate-key-pair.ts';

export const agentRoutes: readonly AgentRoute[] = [
  enrolAgent,
  agentHeartbeat,
  getAgentConfiguration,
  reportUsage,
  reportInventory,
  rotateKeyPair,
  acknowledgeCommand,
];
