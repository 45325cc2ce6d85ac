import { digest } from './digest.ts';
import { endIdentityKey } from './end-user.ts';
import { platformId } from './id.ts';
import { identityKey, memberKey } from './keys.ts';
import type { Role } from './permission.ts';
import type { Write } from './plan.ts';
import { Problem, problem } from './problem.ts';
import { canonicalEmail } from './text.ts';

export const addressInUse = problem({
  code: 'members.address_in_use',
  status: 409,
  title: 'This e-mail address already signs in somewhere',
});

/** A person who holds roles at a node. A person belongs to one node at a time. */
export interface Membership {
  readonly nodeId: string;
  readonly personId: string;
  readonly name: string;
  readonly email: string;
  readonly roles: readonly Role[];
  readonly version: number;
  readonly createdAt: string;
}

export const emailHash = (email: string): string => digest('email', canonicalEmail(email));

export function memberItem(member: Membership) {
  return {
    ...memberKey(member.nodeId, member.personId),
    kind: 'member',
    id: member.personId,
    name: member.name,
    email: member.email,
    roles: member.roles,
    state: 'ACTIVE',
    version: member.version,
    createdAt: member.createdAt,
  };
}

/** Refuses an address that signs in as somebody else's, as an end user of another customer. */
export const signsInNowhereElse = ({
  nodeId,
  personId,
  email,
}: Pick<Membership, 'nodeId' | 'personId' | 'email'>): Write => ({
  do: 'vacant',
  key: endIdentityKey(emailHash(email)),
  unless: { tenantId: nodeId, personId },
  taken: new Problem(addressInUse),
});

/** Gives a person roles at a node and lets the address sign in there; refused where it already signs in. */
export function join(member: Membership): Write[] {
  return [
    { do: 'create', item: memberItem(member) },
    {
      do: 'create',
      item: {
        ...identityKey(platformId, emailHash(member.email)),
        kind: 'identity',
        tenantId: member.nodeId,
        personId: member.personId,
      },
      taken: new Problem(addressInUse),
      secret: true,
    },
    signsInNowhereElse(member),
  ];
}

/** Takes a person's roles at a node and the address's right to sign in. */
export function leave(member: Pick<Membership, 'nodeId' | 'personId' | 'email' | 'version'>): Write[] {
  return [
    { do: 'remove', key: memberKey(member.nodeId, member.personId), version: member.version },
    { do: 'remove', key: identityKey(platformId, emailHash(member.email)) },
  ];
}
