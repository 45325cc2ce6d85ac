import { attempt, get, getAll } from '../aws/db.ts';
import type { MachineCredential, Proven } from '../kit/agent.ts';
import { hearing, isOverlapping } from '../kit/hearing.ts';
import { machinePulseKey, machineReportKey, nodeKey, seatMeterKey } from '../kit/keys.ts';
import { toSeatMeter } from '../licensing/seat-meter.ts';
import { policyFor } from './console-store.ts';
import { keyPairHash, keyPairKey, type MachinePulse, toMachinePulse } from './machine.ts';
import { type MachineReport, toReport } from './report.ts';
import type { Standing } from './standing.ts';

/** What a call changes of the pulse beside its being heard; `below` and `atLeast`: conditions of it. */
export interface Touch {
  readonly set?: Readonly<Record<string, unknown>>;
  readonly below?: Readonly<Record<string, number>>;
  readonly atLeast?: Readonly<Record<string, number>>;
}

/**
 * Checks a proven call against its machine's pulse and marks it heard: one UpdateItem, 1 WCU, no index. The public key
 * is held against the pulse, too: a certificate alone proves nothing.
 */
export async function touch(
  proven: Proven<MachineCredential>,
  now: string,
  more: Touch = {},
): Promise<{ heard: MachinePulse } | { missed: MachinePulse | undefined }> {
  const { customerId, machineId } = proven.credential;
  const update = (as: Parameters<typeof hearing>[2]) => {
    const { set, where, below, atLeast } = hearing(proven, now, as);
    const key = machinePulseKey(customerId, machineId);
    return attempt({
      ...{ key, where },
      set: { ...set, ...more.set },
      atLeast: { ...atLeast, ...more.atLeast },
      below: { ...below, ...more.below },
    });
  };
  const current = await update('PRESENT');
  if ('done' in current) return { heard: toMachinePulse(current.done, customerId) };
  const missed = current.found && toMachinePulse(current.found, customerId);
  if (!missed || !isOverlapping(missed, proven.credential, now)) return { missed };
  const before = await update('OVERLAPPING');
  if ('done' in before) return { heard: toMachinePulse(before.done, customerId) };
  return { missed: before.found && toMachinePulse(before.found, customerId) };
}

/** A machine's pulse, its customer's profile, and whether a key pair was used before: one consistent round trip. */
export async function machinePulseAt(customerId: string, machineId: string, publicKey?: string) {
  const keys = [machinePulseKey(customerId, machineId), nodeKey(customerId)];
  const noted = publicKey === undefined ? [] : [keyPairKey(customerId, keyPairHash(publicKey))];
  const [pulse, node, used] = await getAll([...keys, ...noted], true);
  return { pulse: pulse && toMachinePulse(pulse, customerId), node, used: used !== undefined };
}

export async function reportOf(customerId: string, machineId: string): Promise<MachineReport | undefined> {
  const item = await get(machineReportKey(customerId, machineId), true);
  return item && toReport(item);
}

/** Keeps a report over all of a lower number; false where that one is there, or another one, or the machine is gone. */
export async function keepReport(
  of: { customerId: string; machineId: string },
  report: MachineReport,
): Promise<boolean> {
  const { sequence, ...rest } = report;
  const key = machineReportKey(of.customerId, of.machineId);
  const kept = await attempt({ key, set: { sequence, ...rest }, where: {}, below: { sequence } });
  return 'done' in kept;
}

/** What stands for the machines of a group: two round trips, as its policy takes. */
export async function standingOf(
  of: { customerId: string; groupId: string; productId: string },
  now: string,
): Promise<Standing> {
  const { customerId, groupId, productId } = of;
  const keys = [nodeKey(customerId), seatMeterKey(customerId, productId)];
  const [policy, [node, meter]] = await Promise.all([policyFor(customerId, groupId), getAll(keys, true)]);
  return {
    customerThere: node !== undefined,
    policy,
    grants: toSeatMeter(meter, { customerId, productId, now }).grants,
  };
}
