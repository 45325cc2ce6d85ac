import { serveAgent } from '../../lib/aws/agent.ts';
import { machineRoutes } from './machine-routes.ts';

export const handler = serveAgent(machineRoutes);
