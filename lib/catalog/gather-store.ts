import { get } from '../aws/db.ts';
import type { LoadInput } from '../kit/route.ts';
import type { Node } from '../kit/scope.ts';
import { matchesFor } from './census-store.ts';
import type { ChangedDynamicGroup, DynamicGroup } from './dynamic-group.ts';
import type { Gathered } from './gather.ts';
import { dynamicGroupOf, groupAndSettings } from './group-store.ts';
import { peoplePage } from './people-store.ts';
import { type Gathering, passed, type Rules } from './rules.ts';
import { marketplacesOf } from './rules-store.ts';
import { catalogSettingsKey, toSettings } from './settings.ts';

type Asking = Pick<LoadInput, 'target' | 'now' | 'scope' | 'query'>;

const rulesOf = (filters: Gathering['filters']): Rules => ({
  ...{ everyone: false, people: [], groups: [], gatherings: [] },
  filters,
});

/** What a new group depends on: whether it matches anybody, and in a dry run whom. */
export async function gatheringFor(
  input: Asking,
  command: Pick<ChangedDynamicGroup, 'allowEmpty'> & Pick<Gathering, 'filters'>,
): Promise<Gathered> {
  const [item, told] = await Promise.all([
    get(catalogSettingsKey(input.target), true),
    input
      .scope()
      .then(({ target }) => lookFor(target, input, { ...command, all: command.filters }, undefined)),
  ]);
  return { settings: toSettings(item), ...told };
}

/** The same of a change; whether filters match is looked up only where they are new. */
export async function regatheringFor(
  input: Asking,
  groupId: string,
  change: ChangedDynamicGroup,
): Promise<{ before: DynamicGroup; found: Gathered } | undefined> {
  const [{ before, settings }, { target }] = await Promise.all([
    groupAndSettings(input.target, groupId),
    input.scope(),
  ]);
  if (!before) return undefined;
  const told = await lookFor(target, input, { ...change, all: change.filters ?? before.filters }, before);
  return { before, found: { settings, ...told } };
}

function lookFor(
  node: Node,
  { now, query }: Asking,
  said: { filters?: Gathering['filters'] | undefined; allowEmpty: boolean; all: Gathering['filters'] },
  before: Pick<Gathering, 'filters'> | undefined,
) {
  const asked = said.allowEmpty || !said.filters ? {} : { filters: said.filters, before };
  return matchesFor(node, now, { asked, count: query.dryRun ? rulesOf(said.all) : undefined });
}

const shownAtMost = 20;

/** A group with some of the marketplaces that name it: they are looked for only where there are any. */
export async function groupInUseBy(customerId: string, groupId: string) {
  const { before, settings } = await groupAndSettings(customerId, groupId);
  const markets = before && before.marketplaces > 0 ? await marketplacesOf(customerId) : [];
  const named = markets.filter(({ dynamicGroups }) => dynamicGroups.includes(groupId));
  return { before, settings, named: named.map(({ id }) => id).slice(0, shownAtMost) };
}

const lookedAt = 200;
const walks = { P: 'PEOPLE', U: 'USERS' } as const;

/** A page of who is in a group now: of the next people, then users, those who pass; often fewer than `limit`. */
export async function membersPage(
  input: Asking & Pick<LoadInput, 'position'>,
  groupId: string,
): Promise<{ group: DynamicGroup | undefined; members: readonly Member[]; next: string | null }> {
  const { position, now } = input;
  const [group, { mark, sources, next }] = await Promise.all([
    dynamicGroupOf(input.target, groupId),
    input.scope().then(async ({ target }) => {
      const from = position ?? (target.item.companyId === undefined ? 'U' : 'P');
      const mark = from.startsWith('U') ? 'U' : 'P';
      const asked = { walk: walks[mark], limit: lookedAt, now };
      return { mark, ...(await peoplePage(target, asked, from.slice(1) || undefined)) } as const;
    }),
  ]);
  const found = sources.filter(({ source }) => source.present && passed(group?.filters ?? [], source.facts));
  const shown = found.slice(0, input.query.limit);
  const members = shown.map(({ source: { personId, name, source } }) => ({ personId, name, source }));
  const last = shown.at(-1);
  if (found.length > shown.length && last) return { group, members, next: `${mark}${last.position}` };
  return { group, members, next: next === null ? (mark === 'P' ? 'U' : null) : `${mark}${next}` };
}

interface Member {
  readonly personId: string;
  readonly name: string;
  readonly source: 'DIRECTORY' | 'USER';
}
