import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { difference, expectVersion, type Plan, refuse } from '../kit/plan.ts';
import { contended } from '../kit/problem.ts';
import { resourceTypes } from '../kit/resource.ts';
import { whole } from '../kit/text.ts';
import { type Account, meterOf, turn } from './account.ts';
import { allocationChanged } from './events.ts';
import { inState, isWaiting, type Kept, mostItems, replaceWrite } from './item.ts';
import { type licences, viewLicences } from './licences.ts';
import type { MeterChange } from './meter.ts';
import { layersUnchanged } from './notification.ts';
import { limitBelowUse, tooManyToUnmanage } from './problems.ts';
import { mostLicences, type ResourceType } from './resource.ts';
import { type Terms, termsWrite } from './terms.ts';

const allocation = z.strictObject({
  limit: whole(0, mostLicences).nullable().describe('null: unlimited; 0: not offered'),
  enforcement: z
    .enum(['HARD', 'SOFT'])
    .default('HARD')
    .describe(
      'HARD: further items wait UNMANAGED. SOFT: they are managed and the customer is over its limit.',
    ),
});
type Allocation = z.output<typeof allocation>;

const allocations = z.strictObject(
  Object.fromEntries(resourceTypes.map((type) => [type, allocation.optional()])) as Record<
    ResourceType,
    z.ZodOptional<typeof allocation>
  >,
);

/** A customer's whole licence terms; resource types left out under ALLOCATED are not offered (limit 0). */
export const newTerms = z
  .strictObject({
    model: z.enum(['SHARED', 'ALLOCATED']),
    allocations: allocations.optional(),
    graceDays: whole(0, 365).default(14).describe('From going over a soft limit to the effect'),
    overLimitEffect: z
      .enum(['block-new', 'mark'])
      .default('mark')
      .describe('After grace: new items wait UNMANAGED, or nothing beyond being marked'),
  })
  .superRefine(({ model, allocations: given }, context) => {
    if (model === 'SHARED' && given && Object.keys(given).length > 0)
      context.addIssue({
        code: 'custom',
        path: ['allocations'],
        message: 'goes with the ALLOCATED model only',
      });
  });

/** Newest-managed items first, by resource type: whom a forced lowering may stop monitoring. */
export type Newest = ReadonlyMap<ResourceType, readonly Kept[]>;

/** Decides a customer's licence terms anew. `newest` is given where the caller forces limits below use. */
export function allocate(
  account: Account,
  command: z.output<typeof newTerms>,
  at: { now: string; ifMatch: string | undefined; newest: Newest | undefined },
): Plan<z.infer<typeof licences>> {
  expectVersion(at.ifMatch, account.terms.version);
  const { model, graceDays, overLimitEffect: effect } = command;
  const terms: Terms = { model, graceDays, effect, version: account.terms.version };
  const changes = changesFor(account, command);
  const evicted = lower(account, changes, at);
  const touch = () => model !== account.terms.model;
  const decided = { ...account, terms };
  const turned = turn(decided, changes, { now: at.now, touch });
  const after: Account = { ...decided, meters: turned.meters };
  return {
    writes: [
      termsWrite(account.customerId, terms),
      ...layersUnchanged(account),
      ...turned.writes,
      ...evicted.map(replaceWrite),
    ],
    receipt: {
      action: 'licensing.allocate',
      subject: account.customerId,
      ...difference(summary(account), {
        ...summary(after),
        ...(evicted.length > 0 ? { unmanaged: evicted.map(({ id }) => id) } : {}),
      }),
    },
    announcements: [
      announce(allocationChanged, account.customerId, { model, limits: limitsOf(after) }),
      ...turned.announcements,
    ],
    reply: { body: viewLicences(after), version: terms.version + 1 },
  };
}

function changesFor(account: Account, command: z.output<typeof newTerms>): Map<ResourceType, MeterChange> {
  return new Map(
    resourceTypes.map((type) => {
      const none: Allocation = { limit: command.model === 'SHARED' ? null : 0, enforcement: 'HARD' };
      const { limit, enforcement } = command.allocations?.[type] ?? none;
      return [type, { limit, enforcement, used: meterOf(account, type).used }];
    }),
  );
}

/** Where limits fall below use: refuses, or takes the use down to the limit and tells which items go. */
function lower(
  account: Account,
  changes: Map<ResourceType, MeterChange>,
  at: { now: string; newest: Newest | undefined },
): Kept[] {
  const short = resourceTypes.flatMap((type) => {
    const before = meterOf(account, type);
    const { limit = null, enforcement } = changes.get(type) ?? {};
    const keeps = before.limit === limit && before.enforcement === enforcement;
    return limit !== null && before.used > limit && !keeps
      ? [{ resourceType: type, used: before.used, limit }]
      : [];
  });
  if (short.length === 0) return [];
  if (!at.newest) {
    const [first] = short;
    refuse(
      limitBelowUse,
      `${first?.used} ${first?.resourceType} are in use, the limit would be ${first?.limit}`,
      {
        resources: short,
      },
    );
  }
  const many = short.reduce((sum, { used, limit }) => sum + used - limit, 0);
  if (many > mostItems)
    refuse(tooManyToUnmanage, `${many} items would have to go; at most ${mostItems} at once`, {
      items: many,
      most: mostItems,
    });
  return short.flatMap(({ resourceType: type, used, limit }) => {
    const going = (at.newest?.get(type) ?? []).slice(0, used - limit);
    if (going.length < used - limit) refuse(contended);
    const gone = going.map((one) =>
      inState(one, { state: 'UNMANAGED', reason: 'LIMIT_LOWERED', now: at.now }),
    );
    const waiting = meterOf(account, type).waiting + gone.filter(isWaiting).length;
    changes.set(type, { ...changes.get(type), used: used - gone.length, waiting });
    return gone;
  });
}

function limitsOf(account: Account): Record<string, number | null> {
  if (account.terms.model === 'SHARED') return {};
  return Object.fromEntries(resourceTypes.map((type) => [type, meterOf(account, type).limit]));
}

const summary = (account: Account) => ({
  model: account.terms.model,
  graceDays: account.terms.graceDays,
  overLimitEffect: account.terms.effect,
  ...Object.fromEntries(
    [...account.meters].map(([type, { limit, enforcement }]) => [type, { limit, enforcement }]),
  ),
});
