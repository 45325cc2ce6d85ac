import { type Announcement, announce } from '../kit/event.ts';
import { sameHoldings } from '../kit/holdings.ts';
import { platformId } from '../kit/id.ts';
import { type Key, openRequestsKey, settingsKey } from '../kit/keys.ts';
import { type Item, refuse, type Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { depthOf, isUnlinked, maxDepth, type Node, providerOf } from '../kit/scope.ts';
import { underwayIn } from '../kit/upn.ts';
import { chooseCode, codeKey, takeCode } from './code.ts';
import { cameByConsent } from './consent.ts';
import { release } from './deletion.ts';
import { depart, standingSince } from './departure.ts';
import { exchangeBillingId, exchangeDomains, type Holders, holdDomains } from './domain.ts';
import { customerLinked, customerUnlinked } from './events.ts';
import { type Forest, grown, unchanged } from './forest.ts';
import { giveUp, type LinkMeter, neverMetered, takeUp } from './link-meter.ts';
import { passNames } from './names.ts';
import { type KeptUpn, mustBeFreeToGo, type UnlinkEstate } from './obstacle.ts';
import {
  linkedAlready,
  mspModeOff,
  namesMove,
  nameTaken,
  parentNotReseller,
  poolShort,
  tooDeep,
  tooMuchAtOnce,
} from './problems.ts';
import { type Customer, nameKey, restated, toCustomer, uniqueName } from './profile.ts';
import { admit, dismiss } from './reseller.ts';

const mostWrites = 100;
/** Of who writes nothing beside but entries and the claim of a key. */
const usualBeside = 3;
export const mostLinkWrites = mostWrites - usualBeside;
/** What a change of partner comes to: to be written together, announced, and the customer as it is then. */
export interface Handover {
  readonly writes: readonly Write[];
  readonly announcements: readonly Announcement[];
  readonly after: Customer;
}

/**
 * Takes a customer out of its partner's tree: it stands right below the platform, with its people and its data. What it
 * kept of the partner's is given back: names, its place among the customers, licences of the pool.
 */
export function unlink(
  node: Node,
  estate: UnlinkEstate,
  { now, beside = usualBeside }: { now: string; beside?: number },
): Handover {
  mustBeFreeToGo(node, estate);
  const before = toCustomer(node.item);
  const providerId = providerOf(node);
  const after: Customer = {
    ...before,
    parentId: platformId,
    companyId: null,
    billingId: null,
    accountManagerEmail: null,
  };
  const { id } = node;
  const writes: Write[] = [
    stand(node, after, { path: [platformId, id], now }),
    depart(node, now),
    { do: 'remove', key: nameKey(providerId, before.name) },
    ...(before.code === null
      ? []
      : [{ do: 'remove', key: codeKey(providerId, before.code) } satisfies Write]),
    ...exchangeDomains(providerId, id, { before: before.domains, after: [] }),
    ...exchangeBillingId(providerId, id, { before: before.billingId, after: null }),
    ...release(providerId, estate.company),
    uncounted(openRequestsKey(id), estate.requests),
    sameHoldings(id, estate.holdings),
    ...leaveForest(providerId, estate.forest, id),
    ...untold(estate.notification),
    ...estate.meters.flatMap((one) => giveUp(providerId, one, now)),
    ...neverMetered(id, estate.meters),
    ...dismiss(before.parentId),
    { do: 'adjust', key: settingsKey(providerId, 'MSP_MODE'), add: { customers: -1, version: 1 } },
  ];
  writes.push(...passNames(node, estate, { from: providerId, to: id, room: roomIn(writes, beside) }));
  mustFit(writes);
  const { name, code, parentId } = before;
  return {
    writes,
    announcements: [announce(customerUnlinked, id, { name, code, parentId, providerId })],
    after,
  };
}

/** What the new partner's tree says when a customer is to be linked to it. */
export interface LinkFacts {
  readonly mspModeOn: boolean;
  readonly codesTaken: readonly string[];
  readonly holders: Holders;
  readonly forest: Forest;
  readonly upns: readonly KeptUpn[];
  readonly users: Readonly<Record<string, unknown>> | undefined;
  readonly meters: readonly LinkMeter[];
  /** Another customer of the provider has its name. */
  readonly nameTaken: boolean;
  /** Licences of the provider's pool that are free, by type. */
  readonly free: Readonly<Record<string, number>>;
  /** It shares the pool: it has no limits of its own. */
  readonly shares: boolean;
}

/** Puts a customer that stands by itself below a provider or reseller; the reverse of `unlink`. */
export function linkTo(
  parent: Node,
  node: Node,
  facts: LinkFacts,
  made: { now: string; again: boolean; beside?: number },
): Handover {
  if (!isUnlinked(node)) refuse(linkedAlready);
  if (parent.type === 'CUSTOMER' || parent.type === 'PLATFORM') refuse(parentNotReseller);
  if (depthOf(parent) + 1 > maxDepth) refuse(tooDeep);
  if (underwayIn(facts.users)) refuse(namesMove);
  if (!facts.mspModeOn) refuse(mspModeOff);
  if (facts.nameTaken) refuse(nameTaken);
  for (const { type, used } of facts.meters)
    if (used > (facts.free[type] ?? 0)) refuse(poolShort, undefined, { resourceType: type, needed: used });
  const before = toCustomer(node.item);
  const providerId = providerOf(parent);
  const { id } = node;
  const { holders, codesTaken, forest, shares } = facts;
  const kept = before.code !== null && !codesTaken.includes(before.code) ? before.code : undefined;
  const asked = before.domains.map(({ name, primary }) => ({ name, primary }));
  const after: Customer = {
    ...before,
    parentId: parent.id,
    code: kept ?? chooseCode(before.name, codesTaken, made.again),
    domains: holdDomains(asked, { holders, own: id, parent: undefined, share: false }),
  };
  const writes: Write[] = [
    stand(consenting(node), after, { path: [...parent.path, id], now: made.now }),
    uniqueName(providerId, after),
    takeCode(providerId, { id, code: after.code ?? '', chosen: false }),
    ...exchangeDomains(providerId, id, { before: [], after: after.domains }),
    ...facts.meters.flatMap((one) => takeUp(providerId, one, { shares, now: made.now })),
    ...admit(parent),
    ...(parent.type === 'PROVIDER' ? [] : [unchanged(providerId, forest)]),
    {
      do: 'adjust',
      key: settingsKey(providerId, 'MSP_MODE'),
      add: { customers: 1, version: 1 },
      atLeast: { enabled: 1 },
      short: new Problem(mspModeOff),
    },
  ];
  writes.push(...passNames(node, facts, { from: id, to: providerId, room: roomIn(writes, made.beside) }));
  mustFit(writes);
  const { name, code } = after;
  return {
    writes,
    announcements: [announce(customerLinked, id, { name, code, parentId: parent.id, providerId })],
    after,
  };
}

/** Refuses what one transaction does not take. */
export function mustFit(writes: readonly Write[], most = mostLinkWrites): void {
  if (writes.length > most) refuse(tooMuchAtOnce, undefined, { writes: writes.length, most });
}

const roomIn = (writes: readonly Write[], beside = usualBeside): number =>
  mostWrites - beside - writes.length;

const consenting = (node: Node): Node => ({ ...node, item: { ...node.item, ...cameByConsent } });

function stand(
  node: Node,
  value: Customer,
  { path, now }: { path: readonly string[]; now: string },
): Extract<Write, { do: 'replace' }> {
  return restated({ ...node, item: { ...node.item, ...standingSince(now) } }, value, path);
}

/** The count of what is over goes, so that nothing more is counted on it by who saw the customer here. */
const uncounted = (key: Key, count: UnlinkEstate['requests']): Write =>
  count ? { do: 'remove', key, version: count.version } : { do: 'check', key, version: null };

/** Whom the partner had told of the customer's licences is told no more. */
function untold(settings: UnlinkEstate['notification']): Write[] {
  if (!settings) return [];
  const version = Number(settings.version);
  const item = { ...(settings as Item), recipients: null, version: version + 1 };
  return [{ do: 'replace', version, item }];
}

/** What was said in the provider's tree of where it stands, or that it is out, counts there no more. */
function leaveForest(providerId: string, forest: Forest, id: string): Write[] {
  const disabled = forest.disabled.filter((one) => one !== id);
  const moved = forest.arrived?.id === id;
  if (disabled.length === forest.disabled.length && !moved) return [unchanged(providerId, forest)];
  return [grown(providerId, forest, { disabled, ...(moved ? { arrived: undefined } : {}) })];
}
