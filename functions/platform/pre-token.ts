import type { PreTokenGenerationV2TriggerEvent } from 'aws-lambda';
import { get, getAll } from '../../lib/aws/db.ts';
import { platformId } from '../../lib/kit/id.ts';
import { identityKey, memberKey, nodeKey } from '../../lib/kit/keys.ts';
import { emailHash } from '../../lib/kit/membership.ts';

/**
 * Cognito pre-token trigger (V2_0): adds the flat claims `tenant`, `person`, `roles` and, for a customer's people,
 * `provider`, of the person whose verified address signs in. Without a membership no claim is added, and every route answers 401.
 */
export async function handler(
  event: PreTokenGenerationV2TriggerEvent,
): Promise<PreTokenGenerationV2TriggerEvent> {
  const { email, email_verified: verified } = event.request.userAttributes;
  const identity =
    email && verified === 'true' ? await get(identityKey(platformId, emailHash(email)), true) : undefined;
  if (!identity) return event;
  const [tenant, person] = [String(identity.tenantId), String(identity.personId)];
  const [member, node] = await getAll([memberKey(tenant, person), nodeKey(tenant)], true);
  if (member?.state !== 'ACTIVE') return event;
  const provider = String(node?.path ?? '').split('/')[1];
  const claims = {
    tenant,
    person,
    roles: (member.roles as string[]).join(' '),
    ...(provider && provider !== tenant ? { provider } : {}),
  };
  event.response.claimsAndScopeOverrideDetails = {
    accessTokenGeneration: { claimsToAddOrOverride: claims },
    idTokenGeneration: { claimsToAddOrOverride: claims },
  };
  return event;
}
