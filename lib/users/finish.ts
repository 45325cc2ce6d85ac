import { difference, type Plan } from '../kit/plan.ts';
import { rewrite, viewless } from './change.ts';
import type { ProvisioningStatus, StoredUser, User } from './user.ts';

/** What the engine has made of a user; undefined where it was asked for something else since. */
export function finishUser(
  user: StoredUser,
  outcome: { status: ProvisioningStatus; version: number },
): Plan | undefined {
  if (!['Requested', 'InProgress', 'Failed'].includes(user.status) || user.requested !== outcome.version)
    return undefined;
  // A service's request may end as of the same version, and says nothing of whether the user stays.
  const left = outcome.status === 'NotProvisioned';
  if (outcome.status !== 'Failed' && left !== (user.leaving === true)) return undefined;
  const before = viewless(user);
  const after: User = { ...before, status: outcome.status };
  return {
    writes: rewrite(user, after),
    receipt: { action: 'users.provisioned', subject: user.id, ...difference(before, after) },
    reply: {},
  };
}
