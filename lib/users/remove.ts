import { expel } from '../kit/end-user.ts';
import type { Plan, Write } from '../kit/plan.ts';
import { providerOf, type Scope } from '../kit/scope.ts';
import { keeperOf } from '../kit/upn.ts';
import { dismiss, keepAdministrator, personOf } from './admission.ts';
import { countOut } from './around.ts';
import type { Held } from './change.ts';
import { release } from './collection.ts';
import { tell, wish } from './create.ts';
import { closeInstance, inBounds } from './instance.ts';
import { mustNotExceed } from './role.ts';
import { type StoredUser, toItem, toMailItem, upnKey, userNameKey } from './user.ts';

/** Deletes a user with all that it holds; its services stay for past bills. */
export function removeUser(scope: Scope, held: Held, now: string): Plan {
  const { user, member, other, count } = held;
  const { target } = scope;
  mustNotExceed(scope, user.roles);
  return {
    writes: [
      ...erase(user, keeperOf(user.id, count?.names, providerOf(target))),
      countOut(target, count, user),
      ...dismiss(member),
      ...keepAdministrator({ member, after: undefined }, other),
      ...inBounds(held.instances).map((one) => closeInstance(one, { testUser: user.testUser, now })),
      ...expel({ customerId: user.customerId, personId: personOf(user.id) }, held.endUser),
    ],
    receipt: {
      action: 'users.delete',
      subject: user.id,
      before: { roles: user.roles },
    },
    announcements: [
      tell([user]),
      ...(user.status === 'NotProvisioned' ? [] : [wish(user, 'delete', user.version)]),
    ],
    reply: { status: 204 },
  };
}

/** All items of a user, its UPN as `root` keeps it, and its place among the holders of a collection. */
export function erase(user: StoredUser, root: string): Write[] {
  const items = [toItem(user, user.version), toMailItem(user, user.version)].filter(
    (one) => one !== undefined,
  );
  return [
    ...items.map(({ PK, SK }): Write => ({ do: 'remove', key: { PK, SK }, version: user.version })),
    { do: 'remove', key: upnKey(root, user.upn), where: { userId: user.id } },
    { do: 'remove', key: userNameKey(user.customerId, user.userName) },
    ...(user.role && 'collectionId' in user.role
      ? [release({ nodeId: user.role.nodeId, id: user.role.collectionId })]
      : []),
  ];
}
