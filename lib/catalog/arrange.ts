import { announce } from '../kit/event.ts';
import { difference, type Plan, refuse } from '../kit/plan.ts';
import type { Scope } from '../kit/scope.ts';
import type { Census } from './census.ts';
import { marketplaceChanged } from './events.ts';
import {
  type ChangedMarketplace,
  contributes,
  holdOf,
  type Marketplace,
  type MarketplaceView,
  type NewMarketplace,
  viewMarketplace,
} from './marketplace.ts';
import { tooManyMarketplaces } from './marketplace-problems.ts';
import { mustBeKnown, mustBeYours } from './marketplace-refusals.ts';
import { auditable, counted, restocked, stored } from './marketplace-writes.ts';
import { altered, type CatalogSettings } from './settings.ts';
import type { Shelf } from './shelf.ts';
import { requestWork } from './work.ts';

/** As many assignments as one transaction changes beside the marketplace; more follow in the background. */
export const mostAtOnce = 90;
const mostMarketplaces = 500;

/** What a change of a marketplace depends on. */
export interface Arrangement extends Census {
  readonly settings: CatalogSettings;
  /** Of the items that it concerns: their assignments, where there are any. */
  readonly shelves: ReadonlyMap<string, Shelf>;
  /** Of the people who were not named before: those who are end users. */
  readonly known: ReadonlySet<string>;
  /** Of the dynamic groups named before or after: those that are there. */
  readonly groups: ReadonlySet<string>;
}

export type Change = { readonly before: Marketplace | undefined; readonly after: Marketplace | undefined };
type Made = { readonly operationId: string; readonly now: string };

/** Creates a marketplace; its items and people have it at once, or as its operation comes to them. */
export function createMarketplace(
  scope: Scope,
  input: { command: NewMarketplace; found: Arrangement },
  made: Made & { id: string },
): Plan<MarketplaceView> {
  const { found, command } = input;
  if (found.settings.marketplaces >= mostMarketplaces) refuse(tooManyMarketplaces);
  mustBeKnown(command, undefined, found);
  const { allowEmpty: _, ...said } = command;
  const after: Marketplace = {
    ...said,
    id: made.id,
    customerId: scope.target.id,
    number: found.settings.nextNumber,
    createdBy: scope.actor.id,
    createdAt: made.now,
    operationId: null,
    version: 1,
  };
  return rearranged({ before: undefined, after }, found, made);
}

/** Changes a marketplace: absent leaves. */
export function changeMarketplace(
  scope: Scope,
  input: { before: Marketplace; change: ChangedMarketplace; found: Arrangement },
  made: Made,
): Plan<MarketplaceView> {
  const { before, change, found } = input;
  mustBeYours(scope, before);
  mustBeKnown(change, before, found);
  const { allowEmpty: _, ...said } = change;
  const given = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  const after: Marketplace = { ...before, ...given };
  const told = difference(viewMarketplace(before), viewMarketplace(after));
  if (Object.keys(told.after).length === 0) {
    return { writes: [], reply: { status: 200, body: viewMarketplace(before), version: before.version } };
  }
  return rearranged({ before, after: { ...after, version: before.version + 1 } }, found, made);
}

/** Deletes a marketplace: nobody has anything by it any more. */
export function deleteMarketplace(
  scope: Scope,
  input: { before: Marketplace; found: Arrangement },
  made: Made,
): Plan {
  mustBeYours(scope, input.before);
  const plan = rearranged({ before: input.before, after: undefined }, input.found, made);
  return {
    ...plan,
    reply: { status: 204, ...(plan.reply.location ? { location: plan.reply.location } : {}) },
  };
}

/** Items whose assignments a change concerns. */
export function concerned({ before, after }: Change): string[] {
  const all = new Set([...(before?.items ?? []), ...(after?.items ?? [])]);
  return [...all].filter((one) => holdOf(before, one) !== holdOf(after, one));
}

function regroups({ before, after }: Change): boolean {
  const seen = [before, after].map((one) => one && contributes(one));
  if (!seen.some(Boolean)) return false;
  const rules = [before, after].map(
    (one) => one && JSON.stringify([one.everyone, one.people, one.groups, one.filters, one.dynamicGroups]),
  );
  return rules[0] !== rules[1];
}

function rearranged(change: Change, found: Arrangement, made: Made): Plan<MarketplaceView> {
  const { before, after } = change;
  const { settings } = found;
  const one = (after ?? before) as Marketplace;
  const items = concerned(change);
  const regrouped = regroups(change);
  const counting = counted({ before, after }, found);
  const later = items.length + counting.length > mostAtOnce ? items : [];
  const more = Number(after !== undefined) - Number(before !== undefined);
  const generation = settings.generation + (regrouped ? 1 : 0);
  const work =
    regrouped || later.length > 0
      ? requestWork(
          {
            id: made.operationId,
            customerId: one.customerId,
            type: 'MARKETPLACE',
            marketplaceId: one.id,
            number: one.number,
            generation,
            items: later,
            walks: regrouped ? ['ROWS'] : [],
          },
          made.now,
        )
      : undefined;
  const kept = after && { ...after, operationId: work ? made.operationId : after.operationId };
  const what = before ? (after ? 'CHANGED' : 'DELETED') : 'CREATED';
  const told = difference(before ? auditable(before) : {}, kept ? auditable(kept) : {});
  return {
    writes: [
      stored(before, kept),
      ...(regrouped || more !== 0
        ? [
            altered(one.customerId, settings, {
              generation,
              marketplaces: settings.marketplaces + more,
              nextNumber: settings.nextNumber + (more > 0 ? 1 : 0),
            }),
          ]
        : []),
      ...counting,
      ...(later.length > 0 ? [] : restocked({ before, after: kept }, items, found)),
      ...(work ? [work.write] : []),
    ],
    receipt: { action: `marketplaces.${verbs[what]}`, subject: one.id, ...told },
    announcements: [
      announce(marketplaceChanged, one.customerId, { marketplaceId: one.id, what }),
      ...(work ? [work.announcement] : []),
    ],
    reply: {
      ...(kept ? { body: viewMarketplace(kept), version: kept.version } : {}),
      ...(work
        ? { status: 202, location: work.location }
        : { status: before ? 200 : 201, location: `/v1/customers/${one.customerId}/marketplaces/${one.id}` }),
    },
  };
}

const verbs = { CREATED: 'create', CHANGED: 'change', DELETED: 'delete' } as const;
