import type { MachineCredential } from '../kit/agent.ts';
import { announce } from '../kit/event.ts';
import { rotated } from '../kit/hearing.ts';
import { machinePulseKey } from '../kit/keys.ts';
import type { Plan, Write } from '../kit/plan.ts';
import { keyPairHash, keyPairKey, laterKeyPair, type MachinePulse } from './machine.ts';
import { machineCloned } from './machine-events.ts';

type Decision = Pick<Plan, 'writes' | 'receipt' | 'announcements'>;

/** What a machine's certificate says; a certificate is made for one public key. */
export const credentialOf = (
  { id, customerId, generation }: MachinePulse,
  publicKey: string,
): MachineCredential => ({ machineId: id, customerId, generation, publicKey });

/** Gives a machine another key pair. */
export function rotate(
  before: MachinePulse,
  asked: Parameters<typeof rotated>[1],
): Decision & {
  readonly after: MachinePulse;
} {
  const { customerId, id, generation, previous } = before;
  const set = { ...rotated(before, asked), keyAt: asked.now };
  return {
    after: { ...before, ...set, previousKey: set.previousKey ?? undefined },
    writes: [
      {
        do: 'amend',
        key: machinePulseKey(customerId, id),
        set,
        where: { generation, previous: previous ?? null },
      },
      noted(customerId, { machineId: id, publicKey: asked.publicKey }),
    ],
    receipt: { action: 'machines.rotate', subject: id, after: { generation: set.generation } },
  };
}

// Stays when the machine is removed: a key pair that was out once does not come back.
const noted = (
  customerId: string,
  { machineId, publicKey }: { machineId: string; publicKey: string },
): Write => ({
  do: 'create',
  item: { ...keyPairKey(customerId, keyPairHash(publicKey)), kind: laterKeyPair, machineId },
});

/** Flags a machine whose key pair was used elsewhere; undefined where that is known. */
export function flagged(
  before: MachinePulse,
  why: 'ANOTHER_HOST' | 'SUPERSEDED',
  now: string,
): Decision | undefined {
  if (before.clonedAt !== undefined) return undefined;
  const { customerId, id, generation } = before;
  const key = machinePulseKey(customerId, id);
  return {
    writes: [{ do: 'amend', key, set: { clonedAt: now }, where: { generation, clonedAt: null } }],
    receipt: { action: 'machines.flag_clone', subject: id, after: { why } },
    announcements: [announce(machineCloned, id, { why })],
  };
}
