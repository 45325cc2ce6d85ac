import * as z from 'zod';
import { enrolledAt, machinePlatform, type Sight } from './machine.ts';

export const machineState = z
  .enum(['ONLINE', 'OFFLINE'])
  .describe('ONLINE: heard within three heartbeats; read off the clock');

/** A machine as its customer's console shows it. */
export const machineView = z.strictObject({
  id: z.string().describe('`mch_…`; what holds its seat'),
  customerId: z.string(),
  name: z.string(),
  groupId: z.string(),
  productId: z.string().describe('Of which it holds a seat'),
  packageId: z.string().describe('That it enrolled with'),
  platform: machinePlatform,
  state: machineState,
  seenAt: z.string().describe('When it was heard last'),
  enrolledAt: z.string(),
  osVersion: z.string().nullable(),
  agentVersion: z.string().nullable().describe('As it says of itself; null: nothing yet'),
  clonedAt: z.string().nullable().describe('When its key pair was seen on a second machine'),
  inventorySequence: z.int().describe('Number of its last inventory; 0: none yet'),
});

/** After which silence a machine is offline; seconds. */
export const silenceSeconds = (intervalSeconds: number): number => 3 * intervalSeconds;

export function viewMachine(
  { machine, pulse }: Sight,
  at: { now: string; intervalSeconds: number },
): z.infer<typeof machineView> {
  const silent = Date.parse(at.now) - Date.parse(pulse.seenAt);
  const { enrolledWith: _, version: __, ...rest } = machine;
  return {
    ...rest,
    state: silent <= silenceSeconds(at.intervalSeconds) * 1000 ? 'ONLINE' : 'OFFLINE',
    seenAt: pulse.seenAt,
    enrolledAt: enrolledAt(machine),
    osVersion: pulse.osVersion ?? null,
    agentVersion: pulse.agent ?? null,
    clonedAt: pulse.clonedAt ?? null,
    inventorySequence: pulse.inventory,
  };
}
