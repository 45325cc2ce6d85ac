import { announce } from '../kit/event.ts';
import { machinePulseKey } from '../kit/keys.ts';
import { difference, expectVersion, type Plan, type Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { freeSeat, type Seat } from '../licensing/seat.ts';
import type { SeatMeter } from '../licensing/seat-meter.ts';
import { groupUnknown } from './console-problems.ts';
import { countMachines, type MachineGroup } from './group.ts';
import { leftWrites, type Machine, machineItem } from './machine.ts';
import { machineRemoved } from './machine-events.ts';

type Decision = Pick<Plan, 'writes' | 'receipt' | 'announcements'>;

/** Takes a machine out for good: its seat is free with it. */
export function remove(
  machine: Machine,
  of: { meter: SeatMeter; seat: Seat | undefined; group: MachineGroup | undefined },
  at: { now: string; ifMatch: string | undefined },
): Decision {
  expectVersion(at.ifMatch, machine.version);
  const { customerId, id, name, groupId, productId, packageId } = machine;
  const freed = of.seat ? freeSeat(of.meter, of.seat, at.now) : { writes: [], announcements: [] };
  return {
    writes: [
      ...leftWrites(machine),
      ...(of.group ? [countMachines(customerId, of.group, -1)] : []),
      ...freed.writes,
    ],
    receipt: {
      action: 'machines.remove',
      subject: id,
      before: { name, productId, packageId, groupId },
    },
    announcements: [announce(machineRemoved, id, { groupId, productId, packageId }), ...freed.announcements],
  };
}

/** Gives a machine another name or group; `groups`: the one that it is in, and the one that is asked for. */
export function change(
  before: Machine,
  asked: { name?: string | undefined; groupId?: string | undefined },
  of: { groups: Record<'from' | 'to', MachineGroup | undefined>; ifMatch: string | undefined },
): Decision & { readonly after: Machine } {
  expectVersion(of.ifMatch, before.version);
  const { id } = before;
  const after: Machine = {
    ...before,
    name: asked.name ?? before.name,
    groupId: asked.groupId ?? before.groupId,
    version: before.version + 1,
  };
  const differing = difference({ ...before }, { ...after });
  if (Object.keys(differing.after).length === 0) return { after: before, writes: [] };
  return {
    after,
    writes: [
      { do: 'replace', item: machineItem(after), version: before.version },
      ...(after.groupId === before.groupId ? [] : moved(before, of.groups)),
    ],
    receipt: { action: 'machines.change', subject: id, ...differing },
    announcements: [],
  };
}

function moved(
  { customerId, id }: Machine,
  { from, to }: Record<'from' | 'to', MachineGroup | undefined>,
): Write[] {
  if (!to) {
    const errors = [{ pointer: '#/groupId', message: 'is no group of the customer' }];
    throw new Problem(groupUnknown, undefined, { errors });
  }
  return [
    { do: 'amend', key: machinePulseKey(customerId, id), set: { groupId: to.id }, where: {} },
    ...(from ? [countMachines(customerId, from, -1)] : []),
    countMachines(customerId, to, 1),
  ];
}
