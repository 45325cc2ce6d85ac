import { beforeAll, expect, it } from 'vitest';
import type { RunningStack } from '../../../infra/local/stack.ts';
import { newAgent } from '../../kit/agent.ts';
import { addCustomer, type Desk, mailsTo, openDesk, stageOf, until } from '../../kit/stack.ts';

let stack: RunningStack;
let desk: Desk;

/** Probes that fall silent. */
export function outageStory(running: () => RunningStack): void {
  beforeAll(async () => {
    stack = running();
    desk = await openDesk(stageOf(stack));
  });

  it('a probe that falls silent is told down at the next full minute, and back with its next call; in a window neither', async () => {
    const { id, address } = await addCustomer(desk, 'Branch');
    const probes = `/v1/customers/${id}/probes`;
    const enrolled = async (name: string) => {
      const { body } = await desk.admin(`POST ${probes}`, { body: { name } });
      const agent = newAgent({ url: stack.agentUrl });
      expect((await agent.enrol(body.enrolmentKey)).status).toBe(200);
      return agent;
    };
    const [told, quiet] = [await enrolled('Head office'), await enrolled('Warehouse')];
    const to = new Date(Date.now() + 3_600_000).toISOString();
    const body = { to, probeIds: [quiet.probeId], reason: 'New switches' };
    await desk.admin(`POST /v1/customers/${id}/maintenance-windows`, { body });
    const states = async () =>
      (await desk.admin(`GET ${probes}`)).body.items.map(({ state }: { state: string }) => state);
    await until(async () => (await states()).every((one: string) => one === 'DOWN'), 130);
    // Notices of different events do not wait for each other.
    await stack.idle();
    for (const agent of [told, quiet]) expect((await agent.heartbeat()).status).toBe(200);
    expect(await states()).toEqual(['UP', 'UP']);
    await stack.idle();
    const subjects = mailsTo(await stack.mails(), address).map(({ subject }) => subject.split(': ')[1]);
    expect(subjects).toEqual(['probe Head office is down', 'probe Head office is back']);
    expect(stack.denials()).toEqual([]);
    expect(Object.values(stack.deadLetters()).filter((count) => count > 0)).toEqual([]);
    const unused = stack.unusedGrants().filter((one) => one.function.includes('ProbesSchedules'));
    expect(unused.filter(({ action }) => action.startsWith('dynamodb:'))).toEqual([]);
  });
}
