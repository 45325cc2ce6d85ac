import { getAll, page, positionOf } from '../aws/db.ts';
import { defaultGroupId } from '../kit/id.ts';
import {
  machineGroupKey,
  machineKey,
  machinePulseKey,
  nodeKey,
  packageKey,
  partition,
  pulseSuffix,
  seatKey,
  seatMeterKey,
} from '../kit/keys.ts';
import { type Seat, toSeat } from '../licensing/seat.ts';
import { type SeatMeter, toSeatMeter } from '../licensing/seat-meter.ts';
import { type Redeemable, toRedeemable } from './enrolment.ts';
import { defaultGroup, type MachineGroup, toGroup } from './group.ts';
import {
  keyPairHash,
  keyPairKey,
  laterKeyPair,
  type Machine,
  type Sight,
  toMachine,
  toMachinePulse,
} from './machine.ts';

type Stored = Readonly<Record<string, unknown>>;

/** A machine with its pulse: one round trip. */
export async function machineOf(customerId: string, machineId: string): Promise<Sight | undefined> {
  const keys = [machineKey(customerId, machineId), machinePulseKey(customerId, machineId)];
  const [machine, pulse] = await getAll(keys, true);
  return seen(machine, pulse, customerId);
}

const seen = (machine: Stored | undefined, pulse: Stored | undefined, customerId: string) =>
  machine && pulse && { machine: toMachine(machine, customerId), pulse: toMachinePulse(pulse, customerId) };

/** A page of a customer's machines, oldest first. Each stands right before its pulse: one Query. */
export async function machinePage(
  customerId: string,
  range: { limit: number; after: string | undefined },
): Promise<{ sights: Sight[]; next: string | null }> {
  const { limit, after } = range;
  const { items, next } = await page({
    partition: partition(customerId, 'MACHINE'),
    limit: limit * 2,
    after,
  });
  const isPulse = ({ SK }: Stored) => String(SK).endsWith(pulseSuffix);
  const pulses = new Map(items.filter(isPulse).map((item) => [item.id, item]));
  const sights = items.flatMap((item) => {
    const sight = isPulse(item) ? undefined : seen(item, pulses.get(item.id), customerId);
    return sight ? [sight] : [];
  });
  // A machine that is just enrolling may show one of its two rows: then the page ends before it.
  const [beforeLast, last] = items.slice(-2);
  const torn = next !== null && last && beforeLast && !isPulse(last);
  return { sights, next: torn ? positionOf({}, beforeLast) : next };
}

/** A machine with the meter and the seat that it holds: a second round trip, for the machine names the product. */
export async function machineAndSeat(
  customerId: string,
  machineId: string,
  now: string,
): Promise<
  { machine: Machine; meter: SeatMeter; seat: Seat | undefined; group: MachineGroup | undefined } | undefined
> {
  const sight = await machineOf(customerId, machineId);
  if (!sight) return undefined;
  const { productId, groupId } = sight.machine;
  const [meter, seat, group] = await getAll(
    [
      seatMeterKey(customerId, productId),
      seatKey(customerId, productId, machineId),
      machineGroupKey(customerId, groupId),
    ],
    true,
  );
  return {
    machine: sight.machine,
    meter: toSeatMeter(meter, { customerId, productId, now }),
    seat: seat && toSeat(seat),
    group: groupFrom(groupId, group),
  };
}

const groupFrom = (groupId: string, item: Stored | undefined): MachineGroup | undefined =>
  item ? toGroup(item) : groupId === defaultGroupId ? defaultGroup : undefined;

/** A machine, the group that it is in and another one: a second round trip, for the machine names its group. */
export async function machineAndGroups(customerId: string, machineId: string, groupId: string | undefined) {
  const sight = await machineOf(customerId, machineId);
  if (!sight || groupId === undefined) return sight && { sight, groups: { from: undefined, to: undefined } };
  const ids = [sight.machine.groupId, groupId];
  const items = await getAll(
    ids.map((id) => machineGroupKey(customerId, id)),
    true,
  );
  const [from, to] = ids.map((id, at) => groupFrom(id, items[at]));
  return { sight, groups: { from, to } };
}

/** What the redemption of a package's token looks at; nothing where there is no such package. Two round trips, a third where the key pair is known. */
export async function redemptionOf(
  of: { customerId: string; packageId: string; publicKey: string },
  now: string,
): Promise<
  | {
      node: Stored | undefined;
      package: Redeemable;
      known: Sight | undefined;
      spent: boolean;
      meter: SeatMeter;
      group: MachineGroup;
    }
  | undefined
> {
  const { customerId, packageId, publicKey } = of;
  const keys = [
    packageKey(customerId, packageId),
    nodeKey(customerId),
    keyPairKey(customerId, keyPairHash(publicKey)),
  ];
  const [stored, node, keyPair] = await getAll(keys, true);
  if (!stored) return undefined;
  const pack = toRedeemable(stored, customerId);
  const { productId, groupId } = pack;
  const groups = [groupId, defaultGroupId].map((id) => machineGroupKey(customerId, id));
  const [[meter, group, otherwise], known] = await Promise.all([
    getAll([seatMeterKey(customerId, productId), ...groups], true),
    keyPair ? machineOf(customerId, String(keyPair.machineId)) : undefined,
  ]);
  return {
    node,
    package: pack,
    known,
    spent: keyPair?.kind === laterKeyPair,
    meter: toSeatMeter(meter, { customerId, productId, now }),
    // Where its group was deleted since, machines go to the default one.
    group: groupFrom(groupId, group) ?? groupFrom(defaultGroupId, otherwise) ?? defaultGroup,
  };
}
