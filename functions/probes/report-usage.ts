import * as z from 'zod';
import { type AgentInput, agentRoute } from '../../lib/kit/agent.ts';
import { mostAhead } from '../../lib/kit/hearing.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { agentRevoked, sequenceTooFar } from '../../lib/kit/problem.ts';
import { isHeld } from '../../lib/probes/hearing.ts';
import {
  countAnew,
  counted,
  dayOf,
  isTooFar,
  type UsageReport,
  usageReport,
} from '../../lib/probes/usage.ts';
import { hear } from './hear.ts';
import { caller, step } from './settle-agent.ts';

const outcome = z.strictObject({
  accepted: z.boolean().describe('False: this report, or a later one, has counted already'),
  sequence: z.int().describe('Number of the last report that counted'),
});

export const reportUsage = agentRoute({
  id: 'reportUsage',
  method: 'POST',
  path: '/v1/agent/usage',
  summary: 'Report how much there is of each resource type',
  description:
    'Counts are totals. A report with a lower or equal sequence changes nothing, so that reports may come late, twice or in another order.',
  permission: 'agent',
  body: usageReport,
  maxBodyBytes: 262_144,
  maxInflatedBytes: 1_048_576,
  reply: { status: 200, body: outcome },
  refuses: [sequenceTooFar],
  handle: async (input) => ({ body: await take(input) }),
});

async function take(input: AgentInput<UsageReport>): Promise<z.infer<typeof outcome>> {
  const { body, now } = input;
  const { done, pulse } = await hear(input, {
    set: counted(body, now),
    below: { usage: body.sequence },
    atLeast: { day: dayOf(now), usage: body.sequence - mostAhead },
  });
  if (done) return { accepted: true, sequence: body.sequence };
  if (pulse.usage >= body.sequence) return late(input);
  await hear(input);
  return openDay(input);
}

async function late(input: AgentInput<UsageReport>): Promise<z.infer<typeof outcome>> {
  const { pulse } = await hear(input);
  return { accepted: false, sequence: pulse.usage };
}

/** The first report of a day, in one transaction with what the day before came to. */
async function openDay(input: AgentInput<UsageReport>): Promise<z.infer<typeof outcome>> {
  const { body, proven } = input;
  let found = { accepted: false, sequence: body.sequence };
  await step(caller(input), ({ pulse }, now) => {
    if (!isHeld(pulse, proven.credential, now)) return refuse(agentRevoked);
    if (isTooFar(pulse, body)) return refuse(sequenceTooFar, undefined, { sequence: pulse.usage });
    const accepted = pulse.usage < body.sequence;
    found = { accepted, sequence: Math.max(pulse.usage, body.sequence) };
    return accepted ? { writes: countAnew(pulse, body, now) } : undefined;
  });
  return found;
}
