import { fingerprintOf, type NewRemoval, type Removal } from '../../lib/access/removal.ts';
import { type Around, aroundOf } from '../../lib/access/removal-store.ts';
import { standingOf } from '../../lib/credits/ledger.ts';
import { headOf } from '../../lib/credits/store.ts';
import { unlinkEstateOf } from '../../lib/customers/link-store.ts';
import { obstaclesTo, type UnlinkEstate } from '../../lib/customers/obstacle.ts';
import type { Node } from '../../lib/kit/scope.ts';
import { type Licences, type Parting, part } from '../../lib/licensing/parting.ts';
import { licencesOf } from '../../lib/licensing/parting-store.ts';

/** Everything that a removal looks at. */
export interface Ground {
  readonly node: Node;
  readonly estate: UnlinkEstate;
  readonly licences: Licences;
  readonly around: Around;
  readonly balance: number;
}

export async function groundAt(node: Node, now: string): Promise<Ground> {
  const [estate, licences, around, ledger] = await Promise.all([
    unlinkEstateOf(node),
    licencesOf(node, now),
    aroundOf(node.id, now),
    headOf(node.id, true),
  ]);
  return { node, estate, licences, around, balance: standingOf(ledger, now).balance };
}

type Asked = Pick<Removal, 'licences' | 'deadlineDays'> & {
  readonly plannedAt: string;
  readonly now: string;
};

/** What follows and what blocks, with the text that changes when any of it does. */
export function told(
  { node, estate, licences, around, balance }: Ground,
  asked: Asked,
): { facts: Pick<Removal, 'blockers' | 'follows' | 'fingerprint'>; parting: Parting } {
  const parting = part(node.id, licences, asked);
  const { machines, sessions, people, packages, probes } = around;
  const pool = estate.meters.map(({ type, limit, used }) => ({
    resourceType: type,
    allocated: limit ?? 0,
    used,
  }));
  const follows: Removal['follows'] = {
    licences: [...parting.fates],
    deadline: parting.deadline,
    pool,
    credits: balance,
    probes,
    machines,
    packages: packages.length,
    sessions,
    trials: parting.fates.filter(({ kind }) => kind === 'TRIAL').length,
    people: people.length,
    users: Number(estate.users?.users ?? 0),
    directoryObjects: estate.objects,
  };
  const blockers = obstaclesTo(node, estate).map(({ type: { code, title }, count, mend }) => ({
    code,
    title,
    count,
    mend,
  }));
  // Sessions end by the clock as well, and end with the removal whatever there are.
  const { sessions: _, ...bound } = follows;
  const version = (item: Readonly<Record<string, unknown>> | undefined) => Number(item?.version ?? 0);
  const fingerprint = fingerprintOf({
    ...{ path: node.path, version: node.version, blockers, bound, people, packages },
    versions: [estate.holdings ?? 0, estate.requests?.version ?? 0],
    counted: [
      version(estate.users),
      version(estate.notification),
      version(around.management),
      version(around.access),
    ],
    licences: licences.subscriptions.map((one) => [one.id, one.version]),
    meters: licences.meters.map((one) => [one.productId, one.version]),
  });
  return { facts: { blockers, follows, fingerprint }, parting };
}

export const askedOf = (command: NewRemoval) => ({
  licences: command.licences,
  deadlineDays: command.deadline ?? null,
});
