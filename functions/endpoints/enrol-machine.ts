import * as z from 'zod';
import { agentKey } from '../../lib/aws/agent.ts';
import { standing } from '../../lib/aws/place.ts';
import { type Decided, react } from '../../lib/aws/react.ts';
import { forTenant } from '../../lib/aws/vouch.ts';
import { newId } from '../../lib/aws/world.ts';
import { readPackageToken } from '../../lib/endpoints/enrolment.ts';
import { credentialOf } from '../../lib/endpoints/key-pair.ts';
import { machineActor, type Sight } from '../../lib/endpoints/machine.ts';
import { type Applicant, enter, newMachine } from '../../lib/endpoints/machine-entry.ts';
import { noSeat, wrongPlatform } from '../../lib/endpoints/machine-problems.ts';
import { redemptionOf } from '../../lib/endpoints/machine-store.ts';
import { packageTokenHash } from '../../lib/endpoints/package.ts';
import { machineRoute } from '../../lib/kit/agent.ts';
import { certify, publicKey } from '../../lib/kit/certificate.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { agentUnauthenticated } from '../../lib/kit/problem.ts';
import { machineIntervalSeconds } from './rhythm.ts';

const patienceMs = 6000;

export const enrolMachine = machineRoute({
  id: 'enrolMachine',
  method: 'POST',
  path: '/v1/machine/enrol',
  summary: 'Enrol a machine with an installation package: register its key pair, take a seat',
  description:
    'Signed with count 0 by the key pair that it registers. The same machine may ask again when no answer came, and is answered the same. An expired, used up, revoked, foreign, guessed or malformed token has one answer. Without a seat left it is refused, but where an MSP licence runs, which meters it.',
  permission: 'open',
  body: newMachine.extend({
    packageToken: z.string().min(1).max(512).describe('`qpk.…`, as it was shown once'),
    publicKey: publicKey.describe('Of the key pair that signs this call and all that follow'),
  }),
  reply: {
    status: 200,
    body: z.strictObject({
      machineId: z.string(),
      customerId: z.string(),
      groupId: z.string(),
      certificate: z.string().describe('Send it with each call; no secret'),
      intervalSeconds: z.int(),
    }),
  },
  refuses: [noSeat, wrongPlatform],
  handle: async (input) => {
    const { packageToken, publicKey, ...said } = input.body;
    const place = readPackageToken(packageToken);
    if (!place) return refuse(agentUnauthenticated);
    const applicant = { ...said, hash: packageTokenHash(packageToken), publicKey, host: input.host };
    // First: a token that is redeemed must be answered.
    const key = await agentKey();
    const of = { ...place, requestId: input.requestId };
    const entered = await forTenant(place.customerId, () => redeem(of, applicant));
    if (!entered) return refuse(agentUnauthenticated);
    const { machine, pulse } = entered;
    return {
      body: {
        machineId: machine.id,
        customerId: machine.customerId,
        groupId: pulse.groupId,
        certificate: certify(credentialOf(pulse, publicKey), key),
        intervalSeconds: machineIntervalSeconds(),
      },
    };
  },
});

async function redeem(
  of: { customerId: string; packageId: string; requestId: string },
  applicant: Applicant,
): Promise<Sight | undefined> {
  const { customerId, packageId, requestId } = of;
  let entered: Sight | undefined;
  await react(
    { traceId: requestId },
    async (now): Promise<Decided> => {
      entered = undefined;
      const found = await redemptionOf({ customerId, packageId, publicKey: applicant.publicKey }, now);
      const customer = await standing(found?.node);
      if (!found || !customer) return undefined;
      const id = newId('machine', Date.parse(now));
      const entry = enter({ ...found, customer }, applicant, { id, now });
      if (entry.outcome !== 'REFUSED') entered = entry.sight;
      const decision = entry.outcome === 'AGAIN' ? undefined : entry.decision;
      const actor = machineActor({ id: entered ? id : packageId, customerId });
      return decision && { plan: { ...decision, reply: {} }, target: customer, actor };
    },
    patienceMs,
  );
  return entered;
}
