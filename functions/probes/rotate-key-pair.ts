import * as z from 'zod';
import { agentKey } from '../../lib/aws/agent.ts';
import { agentRoute } from '../../lib/kit/agent.ts';
import { certify, publicKey } from '../../lib/kit/certificate.ts';
import { isRotated } from '../../lib/kit/hearing.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { agentRevoked } from '../../lib/kit/problem.ts';
import { isHeld } from '../../lib/probes/hearing.ts';
import { certificateOf, rotate } from '../../lib/probes/key-pair.ts';
import type { Pulse } from '../../lib/probes/pulse.ts';
import { hear } from './hear.ts';
import { caller, step } from './settle-agent.ts';

export const rotateKeyPair = agentRoute({
  id: 'rotateKeyPair',
  method: 'POST',
  path: '/v1/agent/rotation',
  summary: 'Register another key pair',
  description:
    'The one that signed this call counts for 24 hours more, or until the new one is first used. Where no answer came, ask again with it.',
  permission: 'agent',
  body: z.strictObject({ publicKey: publicKey.describe('Of the key pair to come') }),
  reply: { status: 200, body: z.strictObject({ certificate: z.string() }) },
  refuses: [],
  handle: async (input) => {
    const key = await agentKey();
    await hear(input);
    const { credential } = input.proven;
    const { generation, providerId } = credential;
    const { publicKey } = input.body;
    let rotated: Pulse | undefined;
    await step(caller(input), ({ pulse }, now) => {
      if (!isHeld(pulse, credential, now)) return refuse(agentRevoked);
      if (isRotated(pulse, { by: generation, publicKey })) {
        rotated = pulse;
        return undefined;
      }
      const decided = rotate(pulse, { by: generation, publicKey, now });
      rotated = decided.after;
      return decided;
    });
    if (!rotated) return refuse(agentRevoked);
    return { body: { certificate: certify(certificateOf(rotated, { providerId, publicKey }), key) } };
  },
});
