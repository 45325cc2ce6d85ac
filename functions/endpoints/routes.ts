import type { Route } from '../../lib/kit/route.ts';
import { changeMachine } from './change-machine.ts';
import { consoleRoutes } from './console-routes.ts';
import { getMachine } from './get-machine.ts';
import { getMachineInventory } from './get-machine-inventory.ts';
import { listMachines } from './list-machines.ts';
import { removeMachine } from './remove-machine.ts';

export const routes: readonly Route[] = [
  listMachines,
  getMachine,
  changeMachine,
  removeMachine,
  getMachineInventory,
  ...consoleRoutes,
];
