import * as z from 'zod';
import { digest } from './digest.ts';
import { type Key, uniqueKey } from './keys.ts';

/** What keeps a UPN for one user of a provider's tree; of an unlinked customer, for one of its own. */
export const upnKey = (providerId: string, value: string): Key =>
  uniqueKey(providerId, 'UPN', digest('upn', value));

/**
 * The UPNs of a customer's users on their way from one root to another, in the order of the users' ids: noted in the
 * count of its users, which whoever claims a UPN there is bound to.
 */
export const namesUnderway = z.object({
  from: z.string(),
  to: z.string(),
  /** The last user whose UPN has come over; empty before the first. */
  after: z.string(),
});
export type NamesUnderway = z.output<typeof namesUnderway>;

/** The note in a count of users as stored, while it stands. */
export const underwayIn = (
  count: Readonly<Record<string, unknown>> | undefined,
): NamesUnderway | undefined => (count?.names === undefined ? undefined : namesUnderway.parse(count.names));

/** The root that keeps a user's UPN now. */
export const keeperOf = (userId: string, names: NamesUnderway | undefined, root: string): string =>
  names ? (userId > names.after ? names.from : names.to) : root;
