import { createHash, randomUUID } from 'node:crypto';
import type { Template } from '../infra/local/resolve.ts';
import { type RunningStack, startStack } from '../infra/local/stack.ts';
import { commit } from '../lib/aws/db.ts';
import { newId } from '../lib/aws/world.ts';
import { certify } from '../lib/kit/certificate.ts';
import { probeCountsKey, pulseKey } from '../lib/kit/keys.ts';
import type { Write } from '../lib/kit/plan.ts';
import { probeItem } from '../lib/probes/probe.ts';
import { newPulse } from '../lib/probes/pulse.ts';
import { lookWrite, minuteToLook } from '../lib/probes/wheel.ts';
import { newAgent, type TestAgent } from '../test/kit/agent.ts';
import { addCustomer, type Desk, openDesk, stageOf } from '../test/kit/stack.ts';
import { type Consumed, Ledger } from './consumed.ts';

const atOnce = 12;
const perCustomer = 250;
const secret = 'a secret of the bench';
const agents = 'ProbesAgent';
const schedules = 'ProbesSchedules';
const minuteMs = 60_000;
const paceMs = 10_000;
const six = {
  DEVICE: 812,
  INTERFACE: 4096,
  FIREWALL: 12,
  IP_SWITCH_PORT: 960,
  APM_MONITOR: 40,
  STORAGE_DEVICE: 7,
};

/**
 * Prints what probes take of the table on a stack of their own, at a tenth of `most` and at `most`: each has a key pair
 * and is heard over HTTP. The looks at late probes are the stack's own, every minute. Answers whether all aims are met.
 */
export async function runFleet(most: number): Promise<boolean> {
  const ledger = new Ledger();
  const stack = await startStack({ meter: ledger.meter, editTemplate: knowSecrets, warn: () => {} });
  try {
    Object.assign(process.env, {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_DYNAMODB: stack.dynamoUrl,
      TABLE_NAME: stack.tableNames[0],
    });
    const desk = await openDesk(stageOf(stack));
    const fleet: TestAgent[] = [];
    const met: boolean[] = [];
    await untilMinute(ledger);
    met.push(
      tell(
        'a look, nothing due',
        ledger.take(schedules),
        1,
        ({ calls, read, write }) => calls === 1 && read === 0.5 && write === 0,
      ),
    );
    for (const size of [Math.round(most / 10), most]) {
      await grow(fleet, size, stack, desk);
      met.push(...(await measure(fleet, ledger)));
    }
    return met.every(Boolean);
  } finally {
    await stack.stop();
  }
}

// The certificates of the fleet are made here: the stack's key is one that is known.
function knowSecrets({ Resources }: Template): void {
  for (const { Type, Properties } of Object.values(Resources)) {
    if (Type !== 'AWS::SecretsManager::Secret' || !Properties) continue;
    Object.assign(Properties, { SecretString: secret, GenerateSecretString: undefined });
  }
}

/** Adds probes that enrolled already, below the API; customers by the front door. */
async function grow(fleet: TestAgent[], size: number, stack: RunningStack, desk: Desk): Promise<void> {
  while (fleet.length < size) {
    const { id: customerId } = await addCustomer(desk, 'Fleet');
    const count = Math.min(perCustomer, size - fleet.length);
    const own = Array.from({ length: count }, () => recruit(customerId, desk.providerId, stack.agentUrl));
    const counts = { ...probeCountsKey(customerId), kind: 'probeCounts', UP: count, live: count, version: 1 };
    const writes: Write[] = [{ do: 'create', item: counts }, ...own.flatMap(placed)];
    for (let at = 0; at < writes.length; at += 99)
      await commit(writes.slice(at, at + 99), randomUUID(), Date.now() + 30_000);
    fleet.push(...own);
  }
}

function recruit(customerId: string, providerId: string, url: string): TestAgent {
  const agent = newAgent({ url });
  agent.customerId = customerId;
  agent.probeId = newId('probe', Date.now());
  const { probeId, publicKey } = agent;
  const key = createHash('sha256').update(secret).digest();
  agent.certificate = certify({ probeId, customerId, providerId, generation: 1, publicKey }, key);
  return agent;
}

function placed({ probeId: id, customerId, publicKey, host }: TestAgent): Write[] {
  const now = new Date().toISOString();
  const { customerId: _own, ...fresh } = newPulse({ id, customerId, enrolment: '', enrolmentUntil: now });
  const redeemed = createHash('sha256').update(id).digest('base64url');
  const up = { state: 'UP', generation: 1, publicKey, host, redeemed, seenAt: now };
  const never = { proxy: null, nat: null, retiredAt: null, operationId: null };
  const profile = { id, customerId, name: id, createdAt: now, changedAt: now, ...never, version: 1 };
  return [
    { do: 'create', item: probeItem(profile) },
    { do: 'create', item: { ...pulseKey(customerId, id), kind: 'pulse', ...fresh, ...up } },
    lookWrite({ customerId, probeId: id }, minuteToLook(now)),
  ];
}

async function measure(fleet: readonly TestAgent[], ledger: Ledger): Promise<boolean[]> {
  const size = fleet.length;
  const met: boolean[] = [];
  console.log(`\n${size} probes`);
  ledger.take('');
  let looked = 0;
  const oneWrite = ({ calls, read, write, index }: Consumed) =>
    calls === size && write === size && read === 0 && index === 0;
  await everyone(fleet, (agent) => agent.heartbeat());
  met.push(tell('a heartbeat', ledger.take(agents), size, oneWrite));
  const report = (sequence: number) => (agent: TestAgent) =>
    agent.send('POST /v1/agent/usage', { sequence, counts: six });
  const known = Math.max(...fleet.map(({ count }) => count));
  await everyone(fleet, report(known));
  tell('the first report of a day, or of all', ledger.take(agents), size, () => true);
  await everyone(fleet, report(known + 1));
  met.push(tell('a report of six meters', ledger.take(agents), size, oneWrite));
  while (looked < size) {
    await Promise.all([everyone(fleet, (agent) => agent.heartbeat()), pause(paceMs)]);
    await settled();
    const look = ledger.take(schedules);
    if (look.rows === 0) continue;
    looked += look.rows;
    met.push(
      tell(
        `a look, for each of ${look.rows} due`,
        look,
        look.rows,
        (each) => each.read / look.rows <= 1.1 && each.index === 0,
      ),
    );
  }
  ledger.take(agents);
  return met;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** All of them once, some at a time; throws where one is not taken. */
async function everyone(
  fleet: readonly TestAgent[],
  act: (agent: TestAgent) => Promise<{ status: number }>,
): Promise<void> {
  const left = [...fleet];
  const work = async () => {
    for (let agent = left.pop(); agent; agent = left.pop()) {
      const { status } = await act(agent);
      if (status !== 200) throw new Error(`An agent was answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** A while after the next full minute, when its look is done. */
async function untilMinute(ledger: Ledger): Promise<void> {
  await settled();
  ledger.take('');
  await pause(minuteMs - (Date.now() % minuteMs) + minuteMs / 6);
}

/** Looks start at a full minute: none is cut in two. */
async function settled(): Promise<void> {
  const within = Date.now() % minuteMs;
  const quiet = minuteMs / 3;
  if (within < quiet) await pause(quiet - within);
}

function tell(what: string, taken: Consumed, by: number, meets: (taken: Consumed) => boolean): boolean {
  const each = (value: number) => (value / by).toFixed(3).padStart(8);
  const { calls, read, write, index } = taken;
  const met = meets(taken);
  console.log(
    `  ${what.padEnd(38)} calls${each(calls)}  RCU${each(read)}  WCU${each(write)}  indexes${each(index)}${met ? '' : '  MISSED'}`,
  );
  return met;
}
