import * as z from 'zod';
import { digest } from '../kit/digest.ts';
import { externalUserKey, type Key, uniqueKey } from '../kit/keys.ts';
import { type Plan, refuse } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { canonicalEmail, email, name } from '../kit/text.ts';
import { count, type MspMode, rewrite } from './msp-mode.ts';
import { externalUsersRefused, externalUserTaken } from './problems.ts';

/** Somebody outside the company who may use the catalogue. */
export const externalUser = z.strictObject({
  id: z.string().describe('`ext_…`'),
  name: z.string(),
  email: z.string(),
  createdAt: z.string(),
});
export type ExternalUser = z.infer<typeof externalUser>;

export const newExternalUser = z.strictObject({ name: name(80), email });

/** Creates an external user, which MSP mode excludes. */
export function invite(
  mode: MspMode,
  command: z.output<typeof newExternalUser>,
  made: { id: string; now: string },
): Plan<ExternalUser> {
  if (mode.standing.state === 'ENABLED') refuse(externalUsersRefused);
  const added: ExternalUser = { id: made.id, ...command, createdAt: made.now };
  const { providerId } = mode;
  return {
    writes: [
      {
        do: 'create',
        item: { ...externalUserKey(providerId, added.id), ...added, kind: 'externalUser', version: 1 },
      },
      {
        do: 'create',
        item: { ...addressKey(providerId, added.email), kind: 'unique' },
        taken: new Problem(externalUserTaken),
      },
      rewrite(count(mode, 'externalUsers', 1)),
    ],
    receipt: { action: 'external_users.create', subject: added.id, after: auditable(added) },
    reply: { body: added, version: 1, location: `/v1/external-users/${added.id}` },
  };
}

/** Deletes an external user and frees the address. */
export function dismiss(mode: MspMode, current: ExternalUser): Plan {
  const { providerId } = mode;
  return {
    writes: [
      { do: 'remove', key: externalUserKey(providerId, current.id), version: 1 },
      { do: 'remove', key: addressKey(providerId, current.email) },
      rewrite(count(mode, 'externalUsers', -1)),
    ],
    receipt: { action: 'external_users.delete', subject: current.id, before: auditable(current) },
    reply: { status: 204 },
  };
}

/** What an audit entry, which is kept for good, says of somebody: that they were there, not who. */
const auditable = ({ createdAt }: ExternalUser) => ({ createdAt });

const addressKey = (providerId: string, address: string): Key =>
  uniqueKey(providerId, 'EXTERNAL', digest('external', canonicalEmail(address)));

export function toExternalUser({ id, name, email, createdAt }: Readonly<Record<string, unknown>>) {
  return externalUser.parse({ id, name, email, createdAt });
}
