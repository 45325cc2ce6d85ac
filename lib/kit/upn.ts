import { digest } from './digest.ts';
import { type Key, uniqueKey } from './keys.ts';

/** What keeps a UPN for one user of a provider's tree; of an unlinked customer, for one of its own. */
export const upnKey = (providerId: string, value: string): Key =>
  uniqueKey(providerId, 'UPN', digest('upn', value));
