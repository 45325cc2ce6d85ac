import * as z from 'zod';
import { agentKey } from '../../lib/aws/agent.ts';
import { forTenant } from '../../lib/aws/vouch.ts';
import { agentRoute } from '../../lib/kit/agent.ts';
import { certify, publicKey } from '../../lib/kit/certificate.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { agentUnauthenticated } from '../../lib/kit/problem.ts';
import { providerOf } from '../../lib/kit/scope.ts';
import { approvalHolds } from '../../lib/probes/approval.ts';
import { enrolmentHash, readEnrolmentKey } from '../../lib/probes/enrolment.ts';
import { certificateOf, refuseEnrolment } from '../../lib/probes/key-pair.ts';
import { enrol } from '../../lib/probes/lifecycle.ts';
import { type Pulse, pulseState } from '../../lib/probes/pulse.ts';
import { rhythm } from './rhythm.ts';
import { type Surroundings, step } from './settle-agent.ts';

const body = z.strictObject({
  enrolmentKey: z.string().min(1).max(512).describe('`qek.…`, as it was shown once'),
  publicKey: publicKey.describe('Of the key pair that signs this call and all that follow'),
});

export const enrolAgent = agentRoute({
  id: 'enrolAgent',
  method: 'POST',
  path: '/v1/agent/enrol',
  summary: 'Redeem an enrolment key: register the agent’s key pair',
  description:
    'Signed with count 0 by the key pair that it registers. The same agent may ask again when no answer came, and is answered the same. An expired, used, foreign, guessed or malformed key has one answer.',
  permission: 'open',
  body,
  reply: {
    status: 200,
    body: z.strictObject({
      probeId: z.string(),
      customerId: z.string(),
      certificate: z.string().describe('Send it with each call; no secret'),
      state: pulseState,
      intervalSeconds: z.int(),
      configVersion: z.int(),
    }),
  },
  refuses: [],
  handle: async (input) => {
    const { enrolmentKey, publicKey } = input.body;
    const place = readEnrolmentKey(enrolmentKey);
    if (!place) return refuse(agentUnauthenticated);
    const agent = { hash: enrolmentHash(enrolmentKey), publicKey, host: input.host };
    // First: a key that is redeemed must be answered.
    const key = await agentKey();
    const of = { ...place, requestId: input.requestId };
    const admitted = await forTenant(place.customerId, () => redeem(of, agent));
    if (!admitted) return refuse(agentUnauthenticated);
    const { pulse, providerId } = admitted;
    const { id: probeId, customerId, state, configVersion } = pulse;
    return {
      body: {
        ...{ probeId, customerId, state, configVersion },
        certificate: certify(certificateOf(pulse, { providerId, publicKey }), key),
        intervalSeconds: rhythm().intervalSeconds,
      },
    };
  },
});

type Agent = Parameters<typeof enrol>[1];
type Admitted = { readonly pulse: Pulse; readonly providerId: string };

async function redeem(of: Parameters<typeof step>[0], agent: Agent): Promise<Admitted | undefined> {
  let admitted: Admitted | undefined;
  await step(of, (found, now) => {
    const { decision, pulse } = decide(found, agent, now);
    admitted = pulse && { pulse, providerId: providerOf(found.customer) };
    return decision;
  });
  return admitted;
}

function decide({ pulse, approval }: Surroundings, agent: Agent, now: string) {
  const redemption = enrol(pulse, agent, { now, mode: approval.mode, ...rhythm() });
  switch (redemption.outcome) {
    case 'ENROLLED': {
      const { step } = redemption;
      const writes = [...step.writes, approvalHolds(pulse.customerId, approval)];
      return { decision: { ...step, writes }, pulse: step.after };
    }
    case 'AGAIN':
      return { decision: undefined, pulse: redemption.after };
    case 'REFUSED':
      return { decision: redemption.counts ? refuseEnrolment(pulse) : undefined, pulse: undefined };
  }
}
