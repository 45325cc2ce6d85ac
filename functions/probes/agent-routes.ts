import type { AgentRoute } from '../../lib/kit/agent.ts';
import { agentHeartbeat } from './agent-heartbeat.ts';
import { enrolAgent } from './enrol-agent.ts';

export const agentRoutes: readonly AgentRoute[] = [enrolAgent, agentHeartbeat];
