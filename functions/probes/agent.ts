import { serveAgent } from '../../lib/aws/agent.ts';
import { agentRoutes } from './agent-routes.ts';

export const handler = serveAgent(agentRoutes);
