import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { outSince } from '../kit/in-service.ts';
import {
  customerServiceKey,
  type Key,
  serviceUserEntry,
  tenantOf,
  userKey,
  userMailKey,
  userServiceKey,
} from '../kit/keys.ts';
import { type Item, type Plan, refuse, type Write } from '../kit/plan.ts';
import { notFound, Problem } from '../kit/problem.ts';
import type { Node } from '../kit/scope.ts';
import { id } from '../kit/text.ts';
import { serviceProvisioningRequested } from './events.ts';
import { closed, type Instance, isHad, isHadWithin, opened, since, status } from './instance.ts';
import { giveBack, holds, type Source, take } from './offer.ts';
import type { StoredPlan } from './plan.ts';
import { customerLacks, customerOut, notForUsers, planBySeller, planUnknown } from './problems.ts';
import type { Service } from './service.ts';

/** A service that a customer or a user has. */
export const holding = z.strictObject({
  serviceId: z.string(),
  code: z.string(),
  name: z.string(),
  planId: z.string().nullable(),
  status,
  since: z.string().nullable().describe('Since when it is had under this plan'),
});
export type Holding = z.infer<typeof holding>;

export const wanted = z.strictObject({ planId: id('plan').nullable().default(null) });

/** What the engine has made of it; null stands for what is not had. */
export function viewHolding(one: Instance, had: boolean): Holding {
  const { serviceId, code, name, planId } = one;
  return {
    serviceId,
    code,
    name,
    planId,
    status: had ? one.status : 'NotProvisioned',
    since: had ? (since(one) ?? null) : null,
  };
}

/** A user as far as services concern it. */
export interface Holder {
  readonly id: string;
  readonly displayName: string;
  readonly testUser: boolean;
  readonly version: number;
  readonly hasMailItem: boolean;
}

export interface Offered {
  readonly service: Service | undefined;
  readonly plan: StoredPlan | undefined;
  /** The service has plans for this audience: one of them must be chosen. */
  readonly planned: boolean;
  readonly source: Source;
  readonly current: Instance | undefined;
}

type Place = Pick<Node, 'id' | 'version' | 'item'>;

interface Wish {
  readonly customerId: string;
  readonly planId: string | null;
  readonly now: string;
}

/** Gives a customer a service that its parent offers, or another plan of it. */
export function provisionCustomer(
  state: Offered,
  asked: Omit<Wish, 'customerId'> & { customer: Place; bySeller: boolean },
): Plan<Holding> {
  const { current, source } = state;
  const wish = { ...asked, customerId: asked.customer.id };
  const service = state.service ?? refuse(notFound);
  if (outSince(asked.customer.item) !== undefined) refuse(customerOut);
  const taking = isHad(current) ? [] : [...holds(asked.customer, source), ...take(source, service.id)];
  if (isHad(current) && current.planId === wish.planId) return unchanged(current);
  if (!asked.bySeller && (state.planned || wish.planId !== null || isHad(current))) refuse(planBySeller);
  fits(state, wish.planId, 'CUSTOMER');
  const epoch = (current?.epoch ?? 0) + (isHad(current) ? 0 : 1);
  const key = customerServiceKey(wish.customerId, service.id);
  const after = renewed(key, { current, service, epoch }, wish);
  return settled(after, current, { ...wish, writes: taking, what: 'provision' });
}

/** Takes a service from a customer, and with it from all its users; it was had until the customer was deprovisioned. */
export function deprovisionCustomer(
  current: Instance,
  source: Source,
  made: { customer: Place; now: string },
): Plan<Holding> {
  const after = ended(current, outSince(made.customer.item) ?? made.now);
  return settled(after, current, {
    customerId: made.customer.id,
    writes: [...holds(made.customer, source), ...giveBack(source, current.serviceId)],
    what: 'deprovision',
  });
}

export interface UserState {
  readonly service: Service | undefined;
  readonly user: Holder | undefined;
  readonly customer: Instance | undefined;
  readonly plan: StoredPlan | undefined;
  readonly planned: boolean;
  readonly current: Instance | undefined;
}

/** Gives a user a service that the customer has. Binds to both as they were seen. */
export function provisionUser(
  state: UserState,
  { of, ...asked }: Omit<Wish, 'customerId'> & { of: Pick<Node, 'id' | 'item'> },
): Plan<Holding> {
  const wish = { ...asked, customerId: of.id };
  const { customer, current } = state;
  const user = state.user ?? refuse(notFound);
  const service = state.service ?? refuse(notFound);
  if (outSince(of.item) !== undefined) refuse(customerOut);
  if (service.kind !== 'USER') refuse(notForUsers);
  if (!isHad(customer)) refuse(customerLacks);
  const had = isHadWithin(current, customer);
  if (had && current.planId === wish.planId) return unchanged(current);
  fits(state, wish.planId, 'USER');
  const key = userServiceKey(wish.customerId, user.id, service.id);
  const { displayName, testUser } = user;
  const after = {
    ...renewed(key, { current, service, epoch: customer.epoch, testUser }, wish),
    userId: user.id,
    displayName,
    testUser,
  };
  const { PK, SK, version } = customer;
  const bound: Write[] = [{ do: 'check', key: { PK, SK }, version }, ...touch(wish.customerId, user)];
  return settled(after, current, { ...wish, writes: bound, what: 'provision' });
}

/** Takes a service from a user. */
export function deprovisionUser(current: Instance, made: { customerId: string; now: string }): Plan<Holding> {
  return settled(ended(current, made.now), current, { ...made, writes: [], what: 'deprovision' });
}

// A user that is being deleted at the same moment is decided again: both change the user.
function touch(customerId: string, user: Holder): Write[] {
  const step = { do: 'adjust', add: { version: 1 }, version: user.version } as const;
  return [
    { ...step, key: userKey(customerId, user.id) },
    ...(user.hasMailItem ? [{ ...step, key: userMailKey(customerId, user.id) }] : []),
  ];
}

function fits(
  { plan, planned }: Pick<Offered, 'plan' | 'planned'>,
  planId: string | null,
  audience: 'CUSTOMER' | 'USER',
): void {
  if (planId === null ? !planned : plan?.audience === audience) return;
  const wrong = planId === null ? 'must name' : 'is not';
  const errors = [{ pointer: '#/planId', message: `${wrong} a plan of the service for a ${audience}` }];
  throw new Problem(planUnknown, undefined, { errors });
}

function renewed(
  key: Key,
  from: { current: Instance | undefined; service: Service; epoch: number; testUser?: boolean },
  { planId, now }: Wish,
): Instance {
  const { current, service, ...begin } = from;
  const { id: serviceId, code, name, multiInstance } = service;
  return {
    ...key,
    serviceId,
    code,
    name,
    multiInstance,
    status: 'Requested',
    planId,
    epoch: begin.epoch,
    periods: opened(current?.periods ?? [], { planId, ...begin, now }),
    version: (current?.version ?? 0) + 1,
    createdAt: current?.createdAt ?? now,
  };
}

const ended = (current: Instance, now: string): Instance => ({
  ...current,
  status: 'NotProvisioned',
  periods: closed(current.periods, now),
  version: current.version + 1,
});

/** The item of a service; while a user has it, the index shows who. */
export function toItem(one: Instance): Item & { version: number } {
  const { userId, serviceId, epoch } = one;
  const place = userId !== undefined && isHad(one);
  return {
    ...one,
    ...(place ? serviceUserEntry(tenantOf(one), serviceId, { userId, epoch }) : {}),
    kind: 'instance',
  };
}

function unchanged(current: Instance): Plan<Holding> {
  return { writes: [], reply: { body: viewHolding(current, true), version: current.version } };
}

function settled(
  after: Instance,
  before: Instance | undefined,
  made: { customerId: string; writes: readonly Write[]; what: 'provision' | 'deprovision' },
): Plan<Holding> {
  const { serviceId, code: serviceCode, multiInstance, planId, version, userId = null } = after;
  const { customerId, what } = made;
  const data = { customerId, userId, serviceId, serviceCode, multiInstance, planId, what, version };
  return {
    writes: [
      before
        ? { do: 'replace', version: before.version, item: toItem(after) }
        : { do: 'create', item: toItem(after) },
      ...made.writes,
    ],
    receipt: {
      action: `services.${what}${userId === null ? '' : '_user'}`,
      subject: userId ?? serviceId,
      ...(before ? { before: { status: before.status, planId: before.planId } } : {}),
      after: { serviceId, code: serviceCode, status: after.status, planId },
    },
    announcements: [announce(serviceProvisioningRequested, serviceId, data)],
    reply: { body: viewHolding(after, isHad(after)), version },
  };
}
