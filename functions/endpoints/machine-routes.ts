import type { AgentRoute } from '../../lib/kit/agent.ts';
import { enrolMachine } from './enrol-machine.ts';
import { getMachinePolicy } from './get-machine-policy.ts';
import { machineHeartbeat } from './machine-heartbeat.ts';
import { reportMachineInventory } from './report-machine-inventory.ts';
import { rotateMachineKey } from './rotate-machine-key.ts';

/** What machines call. */
export const machineRoutes: readonly AgentRoute[] = [
  enrolMachine,
  machineHeartbeat,
  reportMachineInventory,
  getMachinePolicy,
  rotateMachineKey,
];
