import { newAgent } from '../kit/agent.ts';
import { newMachine, openOffice, programs, type TestMachine } from '../kit/machine.ts';
import type { AgentScenario } from './agent.scenarios.ts';
import type { Request, Scenario, Scenarios, Stage } from './scenarios.ts';

const any = { 'if-match': '*' };

async function settled({ msp, customer }: Stage) {
  const office = await openOffice(msp, customer);
  return { office, machine: await office.enrolled() };
}

const by =
  (method: string, rest = '', more: Partial<Request> = {}): Scenario =>
  async (stage) => {
    const { office, machine } = await settled(stage);
    const line = `${method} ${office.path}/machines/${machine.machineId}${rest}`;
    return { line, as: stage.customer.admin, ...more };
  };

export const machines: Scenarios = {
  listMachines: async (stage) => {
    const office = await openOffice(stage.msp, stage.customer, { seats: 30 });
    for (let n = 0; n < 25; n++) await office.enrolled();
    return { line: `GET ${office.path}/machines`, as: stage.customer.admin };
  },
  getMachine: by('GET'),
  changeMachine: by('PATCH', '', { body: { name: 'Reception' }, headers: any }),
  removeMachine: by('DELETE', '', { headers: any }),
  getMachineInventory: async (stage) => {
    const { office, machine } = await settled(stage);
    await machine.report(1, { programs: programs(200) });
    return { line: `GET ${office.path}/machines/${machine.machineId}/inventory`, as: stage.customer.admin };
  },
};

const called =
  (send: (machine: TestMachine) => Promise<unknown>): AgentScenario =>
  async (stage) => {
    const { machine } = await settled(stage);
    // The first one of its group in this half minute reads what stands for it.
    await machine.heartbeat();
    return () => send(machine) as ReturnType<TestMachine['heartbeat']>;
  };

/** One typical call of every route of machines. */
export const machineCalls: Readonly<Record<string, AgentScenario>> = {
  enrolMachine: async ({ msp, customer }) => {
    const { token } = await openOffice(msp, customer);
    return () => newMachine().enrol(token);
  },
  machineHeartbeat: called((machine) => machine.heartbeat()),
  'machineHeartbeat: the first of its group in half a minute': async (stage) => {
    const { machine } = await settled(stage);
    return () => machine.heartbeat();
  },
  'reportMachineInventory: 200 programs': called((machine) => machine.report(1, { programs: programs(200) })),
  getMachinePolicy: called((machine) => machine.policy()),
  rotateMachineKey: called(({ agent }) =>
    agent.send('POST /v1/machine/rotate', { publicKey: newAgent().publicKey }),
  ),
};
