import { serveAgent } from '../../lib/aws/agent.ts';
import { briefRoutes } from './agent-routes.ts';

export const handler = serveAgent(briefRoutes);
