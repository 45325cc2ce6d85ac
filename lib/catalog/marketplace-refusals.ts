import { allows, type Role } from '../kit/permission.ts';
import { refuse } from '../kit/plan.ts';
import { Problem, type ProblemType } from '../kit/problem.ts';
import type { Scope } from '../kit/scope.ts';
import type { Arrangement } from './arrange.ts';
import { mustMatch } from './census.ts';
import type { ChangedMarketplace, Marketplace } from './marketplace.ts';
import {
  dynamicGroupUnknown,
  itemNotAssigned,
  notYours,
  personUnknown,
  rulesTooLong,
} from './marketplace-problems.ts';
import type { SaidRules } from './rules.ts';

const onlyOwn: readonly Role[] = ['INTERNAL_SUPPLIER', 'INTERNAL_SUPPLIER_ADMINISTRATOR', 'ASSET_MANAGER'];

/** Suppliers and asset managers change what they created, and nothing else. */
export function mustBeYours(
  { roles, actor }: Scope,
  { createdBy }: { readonly createdBy: string },
  refusal: ProblemType = notYours,
): void {
  const others = roles.filter((role) => !onlyOwn.includes(role));
  if (createdBy !== actor.id && !allows(others, 'marketplaces.manage')) refuse(refusal);
}

/** Refuses what a marketplace comes to name and is not there; people, groups and filters that it named before may stay. */
export function mustBeKnown(
  command: ChangedMarketplace,
  before: Marketplace | undefined,
  found: Arrangement,
): void {
  if (command.groups ?? command.filters) {
    const { groups = before?.groups, filters = before?.filters } = command;
    mustBeShort({ groups, filters });
  }
  const strangers = (command.people ?? []).flatMap((one, index) =>
    found.known.has(one) || before?.people.includes(one)
      ? []
      : [{ pointer: `#/people/${index}`, message: 'is no end user here' }],
  );
  if (strangers.length > 0) throw new Problem(personUnknown, undefined, { errors: strangers.slice(0, 50) });
  const missing = (command.items ?? []).filter((one) => !found.shelves.has(one));
  if (missing.length > 0) refuse(itemNotAssigned, undefined, { items: missing });
  mustBeGroups(command.dynamicGroups ?? [], found.groups);
  mustMatch(found, command.allowEmpty);
}

const mostBytes = 4096;

/** Refuses groups and filters that are long: all of a customer are read for whoever joins, changes or leaves. */
export function mustBeShort({
  groups = [],
  filters = [],
}: {
  readonly groups?: SaidRules['groups'] | undefined;
  readonly filters?: SaidRules['filters'] | undefined;
}): void {
  if (Buffer.byteLength(JSON.stringify([groups, filters])) > mostBytes) refuse(rulesTooLong);
}

/** Refuses dynamic groups that the customer has not. */
export function mustBeGroups(named: readonly string[], known: Pick<ReadonlySet<string>, 'has'>): void {
  const errors = named.flatMap((one, index) =>
    known.has(one) ? [] : [{ pointer: `#/dynamicGroups/${index}`, message: 'is no group here' }],
  );
  if (errors.length > 0) throw new Problem(dynamicGroupUnknown, undefined, { errors });
}
