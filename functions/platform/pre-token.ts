import type { PreTokenGenerationV2TriggerEvent } from 'aws-lambda';
import { getAll } from '../../lib/aws/db.ts';
import { endIdentityKey } from '../../lib/kit/end-user.ts';
import { platformId } from '../../lib/kit/id.ts';
import { endUserKey, identityKey, memberKey, nodeKey } from '../../lib/kit/keys.ts';
import { emailHash } from '../../lib/kit/membership.ts';

/**
 * Cognito pre-token trigger (V2_0): adds the flat claims `tenant`, `person`, `roles` and, for a customer's people,
 * `provider`, of the person whose verified address signs in, while that person's row names the address too. A membership comes first, then an end user's row, which
 * gives no roles. Without either no claim is added, and every route answers 401.
 */
export async function handler(
  event: PreTokenGenerationV2TriggerEvent,
): Promise<PreTokenGenerationV2TriggerEvent> {
  const { email, email_verified: verified } = event.request.userAttributes;
  if (!email || verified !== 'true') return event;
  const claims = await claimsOf(emailHash(email));
  if (!claims) return event;
  event.response.claimsAndScopeOverrideDetails = {
    accessTokenGeneration: { claimsToAddOrOverride: claims },
    idTokenGeneration: { claimsToAddOrOverride: claims },
  };
  return event;
}

async function claimsOf(hash: string): Promise<Record<string, string> | undefined> {
  const [member, endUser] = await getAll([identityKey(platformId, hash), endIdentityKey(hash)], true);
  return (
    (await claimsAt(member, memberKey, ({ email }) => emailHash(String(email)) === hash)) ??
    (await claimsAt(endUser, endUserKey, ({ signIn }) => signIn === hash))
  );
}

async function claimsAt(
  identity: Readonly<Record<string, unknown>> | undefined,
  keyOf: typeof memberKey,
  isTheirs: (row: Readonly<Record<string, unknown>>) => boolean,
): Promise<Record<string, string> | undefined> {
  if (!identity) return undefined;
  const [tenant, person] = [String(identity.tenantId), String(identity.personId)];
  const [row, node] = await getAll([keyOf(tenant, person), nodeKey(tenant)], true);
  if (row?.state !== 'ACTIVE' || !isTheirs(row)) return undefined;
  const provider = String(node?.path ?? '').split('/')[1];
  return {
    tenant,
    person,
    roles: ((row.roles ?? []) as string[]).join(' '),
    ...(provider && provider !== tenant ? { provider } : {}),
  };
}
