import { gzipSync } from 'node:zlib';
import { beforeAll, expect, it } from 'vitest';
import type { RunningStack } from '../../../infra/local/stack.ts';
import { newAgent, signed, type TestAgent } from '../../kit/agent.ts';
import { addCustomer, type Desk, openDesk, quickly, stageOf } from '../../kit/stack.ts';

let stack: RunningStack;
let desk: Desk;
let agent: TestAgent;

/** What agents call, through their own door. */
export function agentsStory(running: () => RunningStack): void {
  beforeAll(async () => {
    stack = running();
    desk = await openDesk(stageOf(stack));
    const { id: customerId } = await addCustomer(desk, 'Branch');
    const { body } = await desk.admin(`POST /v1/customers/${customerId}/probes`, { body: { name: 'Probe' } });
    agent = newAgent({ url: stack.agentUrl });
    expect((await agent.enrol(body.enrolmentKey)).status).toBe(200);
  });

  it('agents talk to an address of their own, in the rhythm of the deployment', async () => {
    expect(stack.agentUrl).not.toBe(stack.url);
    expect(await agent.heartbeat()).toMatchObject({
      status: 200,
      body: { state: 'UP', intervalSeconds: quickly.intervalSeconds },
    });
    const configuration = await agent.send('GET /v1/agent/configuration');
    expect(configuration).toMatchObject({
      status: 200,
      body: { name: 'Probe', silenceSeconds: quickly.silenceSeconds },
    });
  });

  it('reports come through the gateway as they were signed, gzip too', async () => {
    const bytes = gzipSync(JSON.stringify({ sequence: 1, counts: { DEVICE: 3 } }));
    const headers = { 'content-encoding': 'gzip', 'content-type': 'application/gzip' };
    const usage = await agent.send('POST /v1/agent/usage', undefined, { bytes, headers });
    expect(usage).toMatchObject({ status: 200, body: { accepted: true } });
    const items = [{ type: 'DEVICE', externalId: 'a', name: 'Straße 1 — Büro' }];
    const inventory = await agent.send('POST /v1/agent/inventory', { sequence: 1, items });
    expect(inventory).toMatchObject({ status: 200, body: { managed: 1 } });
  });

  it('neither door opens to the other’s key', async () => {
    const token = `Bearer ${await stack.token(desk.address)}`;
    const asPerson = await agent.send('POST /v1/agent/heartbeat', {}, { headers: { authorization: token } });
    expect(asPerson).toMatchObject({ status: 401, body: { code: 'agent.unauthenticated' } });
    const headers = signed(agent, 'GET /v1/me', Buffer.alloc(0), 1000);
    const asAgent = await fetch(`${stack.url}/v1/me`, { headers });
    expect(asAgent.status).toBe(401);
    expect((await fetch(`${stack.agentUrl}/v1/me`, { headers: { authorization: token } })).status).toBe(404);
    expect((await fetch(`${stack.url}/v1/agent/heartbeat`, { method: 'POST' })).status).toBe(404);
  });

  it('has every grant that it uses', () => {
    expect(stack.denials()).toEqual([]);
  });
}
