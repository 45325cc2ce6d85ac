import * as z from 'zod';
import { agentKey } from '../../lib/aws/agent.ts';
import { credentialOf, rotate } from '../../lib/endpoints/key-pair.ts';
import type { MachinePulse } from '../../lib/endpoints/machine.ts';
import { keyPairUsed } from '../../lib/endpoints/machine-problems.ts';
import { machineRoute } from '../../lib/kit/agent.ts';
import { certify, publicKey } from '../../lib/kit/certificate.ts';
import { holds, isRotated } from '../../lib/kit/hearing.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { agentRevoked } from '../../lib/kit/problem.ts';
import { decideOn, hear } from './hear.ts';

export const rotateMachineKey = machineRoute({
  id: 'rotateMachineKey',
  method: 'POST',
  path: '/v1/machine/rotate',
  summary: 'Register another key pair of the machine',
  description:
    'The one that signed this call counts for 24 hours more, or until the new one is first used. Where no answer came, ask again with it. One that any machine of the customer had before is refused.',
  permission: 'agent',
  body: z.strictObject({ publicKey: publicKey.describe('Of the key pair to come') }),
  reply: { status: 200, body: z.strictObject({ certificate: z.string() }) },
  refuses: [keyPairUsed],
  handle: async (input) => {
    const key = await agentKey();
    await hear(input);
    const { credential } = input.proven;
    const { publicKey } = input.body;
    const asked = { by: credential.generation, publicKey };
    let rotated: MachinePulse | undefined;
    await decideOn(
      input,
      (pulse, now, used) => {
        if (!holds(pulse, credential, now)) return refuse(agentRevoked);
        if (isRotated(pulse, asked)) {
          rotated = pulse;
          return undefined;
        }
        if (used) return refuse(keyPairUsed);
        const decided = rotate(pulse, { ...asked, now });
        rotated = decided.after;
        return decided;
      },
      publicKey,
    );
    if (!rotated) return refuse(agentRevoked);
    return { body: { certificate: certify(credentialOf(rotated, publicKey), key) } };
  },
});
