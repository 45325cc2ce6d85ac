import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { changeHoldings } from '../kit/holdings.ts';
import { nodeKey, offerKey } from '../kit/keys.ts';
import { type Plan, refuse, type Write } from '../kit/plan.ts';
import { notFound, Problem } from '../kit/problem.ts';
import type { Node } from '../kit/scope.ts';
import { offerChanged } from './events.ts';
import { notOffered, offerInUse } from './problems.ts';
import type { Service } from './service.ts';

/** A service that a reseller may hand on to those right below it. */
export const offer = z.strictObject({
  serviceId: z.string(),
  code: z.string(),
  name: z.string(),
  kind: z.enum(['CUSTOMER', 'USER']),
  held: z.int().describe('How many right below have it, or may hand it on in turn'),
  createdAt: z.string(),
});
export type Offer = z.infer<typeof offer>;

const stored = offer
  .omit({ kind: true })
  .extend({
    serviceKind: offer.shape.kind,
    offered: z.number(),
    version: z.number(),
  })
  .strip();
export type StoredOffer = z.infer<typeof stored>;
export const toOffer = (item: Readonly<Record<string, unknown>>): StoredOffer => stored.parse(item);

export const viewOffer = ({ version: _, offered: __, serviceKind, ...rest }: StoredOffer): Offer => ({
  ...rest,
  kind: serviceKind,
});
export const stands = (one: StoredOffer | undefined): boolean => one?.offered === 1;

/** Where a node's services come from: its parent, which offers all (a provider) or what it was offered. */
export interface Source {
  readonly parentId: string;
  readonly parentIsProvider: boolean;
  readonly offer: StoredOffer | undefined;
  /** Whether changes of the node's own holdings were counted before. */
  readonly counted: boolean;
}

/** Takes a service from the parent's offer: it must stand when this is written, and stays while somebody holds it. */
export function take(source: Source, serviceId: string): Write[] {
  if (source.parentIsProvider) return [];
  if (!stands(source.offer)) refuse(notOffered);
  return [
    {
      do: 'adjust',
      key: offerKey(source.parentId, serviceId),
      add: { held: 1 },
      atLeast: { offered: 1 },
      short: new Problem(notOffered),
    },
  ];
}

/** Gives it back. */
export function giveBack(source: Source, serviceId: string): Write[] {
  if (source.parentIsProvider) return [];
  return [{ do: 'adjust', key: offerKey(source.parentId, serviceId), add: { held: -1 } }];
}

/** Binds a change of what a node holds to its place, and lets a move that is being decided see it. */
export const holds = (node: Pick<Node, 'id' | 'version'>, { counted }: Source): Write[] => [
  { do: 'check', key: nodeKey(node.id), version: node.version },
  changeHoldings(node.id, counted),
];

/** Lets a reseller hand on a service that its parent may hand on. */
export function setOffer(
  reseller: Node,
  state: { service: Service | undefined; source: Source; current: StoredOffer | undefined },
  now: string,
): Plan<Offer> {
  const { source, current } = state;
  const service = state.service ?? refuse(notFound);
  const location = `/v1/customers/${reseller.id}/offers/${service.id}`;
  if (current && stands(current)) {
    return { writes: [], reply: { status: 200, body: viewOffer(current), version: current.version } };
  }
  const { id: serviceId, code, name, kind } = service;
  const after: StoredOffer = {
    serviceId,
    code,
    name,
    serviceKind: kind,
    held: 0,
    createdAt: now,
    offered: 1,
    version: (current?.version ?? 0) + 1,
  };
  const item = { ...offerKey(reseller.id, serviceId), ...after, kind: 'offer' };
  return {
    writes: [
      current ? { do: 'replace', version: current.version, item } : { do: 'create', item },
      ...holds(reseller, source),
      ...take(source, serviceId),
    ],
    receipt: { action: 'services.offer', subject: serviceId, after: { code, offered: true } },
    announcements: [announce(offerChanged, reseller.id, { serviceId, offered: true })],
    reply: { body: viewOffer(after), version: after.version, location },
  };
}

/** Withdraws an offer that nobody right below holds. */
export function withdrawOffer(
  reseller: Node,
  state: { current: StoredOffer; source: Source; holders: readonly string[] },
): Plan {
  const { serviceId, code, held, version } = state.current;
  if (held > 0) refuse(offerInUse, undefined, { held, holders: state.holders });
  return {
    writes: [
      ...holds(reseller, state.source),
      {
        do: 'adjust',
        key: offerKey(reseller.id, serviceId),
        add: { offered: -1, version: 1 },
        atLeast: { offered: 1 },
        atMost: { held: 0 },
        version,
      },
      ...giveBack(state.source, serviceId),
    ],
    receipt: { action: 'services.withdraw', subject: serviceId, before: { code, offered: true } },
    announcements: [announce(offerChanged, reseller.id, { serviceId, offered: false })],
    reply: { status: 204 },
  };
}
