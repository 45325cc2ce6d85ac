import * as z from 'zod';
import { type Grant, runsAt } from '../licensing/grant.ts';
import type { MachinePulse } from './machine.ts';
import type { EffectivePolicy } from './policy.ts';

/** What stands for the machines of a group with a seat of a product: their policy, and the customer's licences. */
export interface Standing {
  /** False: the customer was deleted. */
  readonly customerThere: boolean;
  readonly policy: EffectivePolicy;
  readonly grants: readonly Grant[];
}

/** Another one whenever another document is in force. */
export const policyVersionOf = ({ policyId, version }: EffectivePolicy): string =>
  `${policyId ?? 'built-in'}.${version}`;

/** Without a running licence there are no updates; everything else goes on. */
export const mayUpdate = ({ grants }: Standing, now: string): boolean =>
  grants.some((one) => runsAt(one, now));

const inventoryMs = 24 * 3_600_000;
const keyPairMs = 90 * 24 * 3_600_000;

export const machineCommand = z
  .enum(['INVENTORY', 'ROTATE'])
  .describe(
    'INVENTORY: report what is installed, for the last report is a day old, or there is none. ROTATE: make a new key pair, for this one is 90 days old.',
  );

/** What is due of a machine, read off the clock: nobody has to order it. */
export function dueOf(
  { inventoryAt, keyAt }: Pick<MachinePulse, 'inventoryAt' | 'keyAt'>,
  now: string,
): z.infer<typeof machineCommand>[] {
  const older = (at: string | undefined, than: number) =>
    at === undefined || Date.parse(now) - Date.parse(at) >= than;
  return [
    ...(older(inventoryAt, inventoryMs) ? (['INVENTORY'] as const) : []),
    ...(older(keyAt, keyPairMs) ? (['ROTATE'] as const) : []),
  ];
}
