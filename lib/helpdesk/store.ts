import { get, getAll, page } from '../aws/db.ts';
import { reachingBy } from '../aws/vouch-rows.ts';
import { platformId } from '../kit/id.ts';
import {
  collaboratorGroupKey,
  externalUserKey,
  nodeKey,
  partition,
  settingsKey,
  statePartition,
  ticketKey,
} from '../kit/keys.ts';
import { type CollaboratorGroup, toCollaboratorGroup } from './collaborator-group.ts';
import type { Case } from './decision.ts';
import { type Facts, toFacts } from './eligibility.ts';
import { type ExternalUser, toExternalUser } from './external-user.ts';
import { type MspMode, toMspMode } from './msp-mode.ts';
import { type Filed, type Ticket, toFiled } from './ticket.ts';

export async function ticketOf(ticketId: string): Promise<Filed | undefined> {
  const item = await get(ticketKey(platformId, ticketId), true);
  return item && toFiled(item);
}

/** A ticket that something is said about, in the record of the provider that raised it. */
export async function ticketTalkedAbout(ticketId: string): Promise<Filed | undefined> {
  const item = await get(ticketKey(platformId, ticketId), true);
  if (!item) return undefined;
  const filed = toFiled(item);
  return reachingBy(item, [filed.ticket.providerId], async () => filed);
}

/** A ticket with the profile and the MSP mode of the provider that raised it: the provider is known only from the ticket. */
export async function caseOf(ticketId: string): Promise<Case | undefined> {
  const item = await get(ticketKey(platformId, ticketId), true);
  if (!item) return undefined;
  const filed = toFiled(item);
  const { providerId } = filed.ticket;
  return { filed, ...(await reachingBy(item, [providerId], () => enablementOf(providerId))) };
}

/** The same for a provider's own ticket, in one round trip. */
export async function ownCaseOf(providerId: string, ticketId: string): Promise<Case | undefined> {
  const [filed, enablement] = await Promise.all([ticketOf(ticketId), enablementOf(providerId)]);
  return filed && { filed, ...enablement };
}

export async function mspModeOf(providerId: string): Promise<MspMode> {
  return toMspMode(providerId, await get(settingsKey(providerId, 'MSP_MODE'), true));
}

/** What enabling MSP mode depends on. */
export async function enablementOf(providerId: string): Promise<{ provider: Facts; mode: MspMode }> {
  const [profile, mode] = await getAll([nodeKey(providerId), settingsKey(providerId, 'MSP_MODE')], true);
  return { provider: toFacts(profile ?? {}), mode: toMspMode(providerId, mode) };
}

/** A page of tickets, newest first: all for the platform, its own for a provider. */
export async function ticketPage(
  home: string,
  query: { limit: number; state?: Ticket['state'] | undefined },
  after: string | undefined,
) {
  const paging = { limit: query.limit, after, backwards: true };
  if (home !== platformId) {
    const own = await page({ index: 'tree', partition: partition(home, 'TICKET'), ...paging });
    return { ...own, items: own.items.filter(({ state }) => !query.state || state === query.state) };
  }
  return query.state
    ? page({ index: 'names', partition: statePartition(platformId, 'TICKET', query.state), ...paging })
    : page({ partition: partition(platformId, 'TICKET'), ...paging });
}

/** A page of the talk about a ticket, oldest first. */
export const commentPage = (ticketId: string, limit: number, after: string | undefined) =>
  page({ partition: partition(platformId, 'COMMENT'), prefix: `${ticketId}#`, limit, after });

export const externalUserPage = (providerId: string, limit: number, after: string | undefined) =>
  page({ partition: partition(providerId, 'EXTERNAL'), limit, after });

/** An external user together with the mode that counts it. */
export async function externalUserOf(
  providerId: string,
  externalId: string,
): Promise<{ user: ExternalUser | undefined; mode: MspMode }> {
  const keys = [externalUserKey(providerId, externalId), settingsKey(providerId, 'MSP_MODE')];
  const [user, mode] = await getAll(keys, true);
  return { user: user && toExternalUser(user), mode: toMspMode(providerId, mode) };
}

export const collaboratorGroupPage = (providerId: string, limit: number, after: string | undefined) =>
  page({ partition: partition(providerId, 'COLLABORATORS'), limit, after });

/** A collaborator group together with the mode that counts it. */
export async function collaboratorGroupOf(
  providerId: string,
  groupId: string,
): Promise<{ group: CollaboratorGroup | undefined; mode: MspMode }> {
  const keys = [collaboratorGroupKey(providerId, groupId), settingsKey(providerId, 'MSP_MODE')];
  const [group, mode] = await getAll(keys, true);
  return { group: group && toCollaboratorGroup(group), mode: toMspMode(providerId, mode) };
}
