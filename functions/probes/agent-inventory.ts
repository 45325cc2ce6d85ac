import { serveAgent } from '../../lib/aws/agent.ts';
import { inventoryRoutes } from './agent-routes.ts';

export const handler = serveAgent(inventoryRoutes);
