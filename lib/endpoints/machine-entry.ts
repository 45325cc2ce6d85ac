import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { nodeKey } from '../kit/keys.ts';
import { type Plan, refuse } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import type { Node } from '../kit/scope.ts';
import { line, name } from '../kit/text.ts';
import { noLicence, seatsExhausted } from '../licensing/problems.ts';
import { takeSeat } from '../licensing/seat.ts';
import type { SeatMeter } from '../licensing/seat-meter.ts';
import { isTokenOf, mayRedeem, type Redeemable, redeem, refuseToken } from './enrolment.ts';
import { countMachines, type MachineGroup } from './group.ts';
import {
  enteredWrites,
  keyPairHash,
  type Machine,
  type MachinePulse,
  machinePlatform,
  type Sight,
} from './machine.ts';
import { machineEnrolled } from './machine-events.ts';
import { noSeat, wrongPlatform } from './machine-problems.ts';

/** What a machine says of itself when it enrols. */
export const newMachine = z.strictObject({
  name: name(64).describe('As its console shows it'),
  platform: machinePlatform,
  osVersion: line(40).optional(),
});

/** Who wants to enrol: what it says, its token's hash and its key pair. */
export interface Applicant extends z.output<typeof newMachine> {
  readonly hash: string;
  readonly publicKey: string;
  readonly host: string;
}

/** What an enrolment looks at. */
export interface Ground {
  readonly customer: Node;
  readonly package: Redeemable;
  /** The group that it leads to. */
  readonly group: MachineGroup;
  readonly meter: SeatMeter;
  /** The machine that this key pair has enrolled already. */
  readonly known: Sight | undefined;
  /** Whether a machine has rotated to this key pair, be it there or removed. */
  readonly spent: boolean;
}

type Decision = Pick<Plan, 'writes' | 'receipt' | 'announcements'>;

/** What comes of an enrolment. REFUSED: there is one answer, whatever the reason. */
export type Entry =
  | { readonly outcome: 'ENROLLED'; readonly sight: Sight; readonly decision: Decision }
  | { readonly outcome: 'AGAIN'; readonly sight: Sight }
  | { readonly outcome: 'REFUSED'; readonly decision: Decision | undefined };

/** Redeems a package's token: the machine takes a seat of the package's product, in the package's group. */
export function enter(ground: Ground, by: Applicant, made: { id: string; now: string }): Entry {
  const { package: pack, known } = ground;
  const { now } = made;
  const live = mayRedeem(pack, now);
  if (!isTokenOf(pack, by.hash))
    return { outcome: 'REFUSED', decision: live ? refuseToken(pack) : undefined };
  if (ground.spent) return { outcome: 'REFUSED', decision: undefined };
  if (known)
    return isItself(known, pack, by)
      ? { outcome: 'AGAIN', sight: known }
      : { outcome: 'REFUSED', decision: undefined };
  if (!live) return { outcome: 'REFUSED', decision: undefined };
  if (pack.platform !== 'ANY' && pack.platform !== by.platform)
    refuse(wrongPlatform, undefined, { platform: pack.platform });
  const sight = entered(ground, by, made);
  const { id, productId, packageId, groupId } = sight.machine;
  const seat = seated(ground.meter, id, now);
  const { customerId } = pack;
  return {
    outcome: 'ENROLLED',
    sight,
    decision: {
      writes: [
        redeem(pack),
        { do: 'check', key: nodeKey(customerId), version: ground.customer.version },
        ...enteredWrites(sight),
        countMachines(customerId, ground.group, 1),
        ...seat.writes,
      ],
      receipt: {
        action: 'machines.enrol',
        subject: id,
        after: { name: sight.machine.name, productId, packageId, groupId },
      },
      announcements: [
        announce(machineEnrolled, id, { groupId, productId, packageId }),
        ...seat.announcements,
      ],
    },
  };
}

const isItself = ({ machine, pulse }: Sight, pack: Redeemable, by: Applicant): boolean =>
  machine.packageId === pack.id &&
  pulse.generation === pulse.enrolled &&
  pulse.publicKey === by.publicKey &&
  pulse.host === by.host;

function entered({ package: pack, group }: Ground, by: Applicant, made: { id: string; now: string }): Sight {
  const { customerId, productId } = pack;
  const { publicKey, host, osVersion } = by;
  const { id, now } = made;
  const machine: Machine = {
    ...{ id, customerId, productId },
    name: by.name,
    groupId: group.id,
    packageId: pack.id,
    platform: by.platform,
    enrolledWith: keyPairHash(publicKey),
    version: 1,
  };
  const pulse: MachinePulse = {
    ...{ id, customerId, productId, publicKey, host },
    groupId: group.id,
    generation: 1,
    enrolled: 1,
    keyAt: now,
    count: 0,
    seenAt: now,
    ...(osVersion === undefined ? {} : { osVersion }),
    inventory: 0,
  };
  return { machine, pulse };
}

const seatless: readonly string[] = [noLicence.code, seatsExhausted.code];

function seated(meter: SeatMeter, machineId: string, now: string) {
  try {
    return takeSeat(meter, machineId, now);
  } catch (error) {
    if (!(error instanceof Problem) || !seatless.includes(error.type.code)) throw error;
    return refuse(noSeat, error.detail, { ...error.data });
  }
}
