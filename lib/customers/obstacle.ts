import { usersOfCollection } from '../kit/keys.ts';
import { refuse } from '../kit/plan.ts';
import type { ProblemType } from '../kit/problem.ts';
import type { Node } from '../kit/scope.ts';
import { underwayIn } from '../kit/upn.ts';
import type { Company } from './company.ts';
import { sharedOf } from './domain.ts';
import type { Forest } from './forest.ts';
import type { LinkMeter } from './link-meter.ts';
import {
  busy,
  collectionsHeld,
  disabled,
  domainsLost,
  hasChildren,
  inUse,
  moveUnderway,
  namesMove,
  openRequests,
  stillProvisioned,
  stillReseller,
} from './problems.ts';
import { toCustomer } from './profile.ts';

/** Users of a customer whose names go with the change of partner itself; those of more follow. */
export const mostLinkUsers = 30;

/** One user's name, as the root above keeps it. */
export interface KeptUpn {
  readonly upn: string;
  readonly userId: string;
}

/** What a customer has of its partner, and what is in the way of leaving it. */
export interface UnlinkEstate {
  readonly forest: Forest;
  readonly company: Company | undefined;
  readonly children: number;
  readonly services: number;
  /** Services that it may hand on. */
  readonly offers: number;
  /** The version of these holdings, read before they were listed. */
  readonly holdings: number | undefined;
  /** The stored count of its users, whole; undefined where it never had any. */
  readonly users: Readonly<Record<string, unknown>> | undefined;
  /** At most one more than go with the change. */
  readonly upns: readonly KeptUpn[];
  readonly requests: { readonly open: number; readonly version: number } | undefined;
  readonly meters: readonly LinkMeter[];
  /** The customer's own notification settings as stored: recipients named there are the partner's choice. */
  readonly notification: Readonly<Record<string, unknown>> | undefined;
  /** Objects that stand in the directory, out of service: they stay there until it is provisioned again. */
  readonly objects: number;
}

/** One thing that keeps a customer from leaving its partner, how many there are of it, and what mends it. */
export interface Obstacle {
  readonly type: ProblemType;
  readonly count: number;
  readonly mend: string;
}

/** Who holds a role collection of a node above. */
export const collectionHolders = (users: UnlinkEstate['users']): number =>
  Object.entries(users ?? {}).reduce(
    (sum, [name, count]) => (name.startsWith(usersOfCollection('')) ? sum + Number(count) : sum),
    0,
  );

/** Everything that is in the way, the first to be mended first. */
export function obstaclesTo(node: Node, estate: UnlinkEstate): Obstacle[] {
  const { status, adminState, reseller, domains } = toCustomer(node.item);
  const { forest, children, services, offers, requests, users } = estate;
  const atWork = status === 'Requested' || status === 'InProgress';
  const found: Obstacle[] = [
    { type: hasChildren, count: children, mend: 'Move its customers to another parent, or delete them.' },
    { type: stillReseller, count: reseller ? 1 : 0, mend: 'Take its reseller service away.' },
    { type: disabled, count: adminState === 'DISABLED' ? 1 : 0, mend: 'Enable it.' },
    { type: busy, count: atWork ? 1 : 0, mend: 'Wait until the provisioning engine has ended.' },
    {
      type: stillProvisioned,
      count: atWork || status === 'NotProvisioned' ? 0 : 1,
      mend: 'Deprovision it, and wait until the provisioning engine has ended.',
    },
    { type: inUse, count: services + offers, mend: 'Take its services back, and what it may hand on.' },
    {
      type: openRequests,
      count: requests?.open ?? 0,
      mend: 'Complete, reject or cancel the requests of its people.',
    },
    {
      type: collectionsHeld,
      count: collectionHolders(users),
      mend: 'Give users that hold a role collection another role.',
    },
    {
      type: domainsLost,
      count: sharedOf(domains).length,
      mend: 'Give it domains of its own in place of its parent’s.',
    },
    { type: namesMove, count: underwayIn(users) ? 1 : 0, mend: 'Wait until its users’ UPNs have come over.' },
    { type: moveUnderway, count: forest.move ? 1 : 0, mend: 'Wait until the move under way has ended.' },
  ];
  return found.filter(({ count }) => count > 0);
}

/** Refuses with the first thing that is in the way. */
export function mustBeFreeToGo(node: Node, estate: UnlinkEstate): void {
  const [first] = obstaclesTo(node, estate);
  if (first) refuse(first.type, first.mend, { count: first.count });
}
