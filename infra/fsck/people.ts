import { roles as rolesOf } from '../../lib/kit/permission.ts';
import { administrates, personOf } from '../../lib/users/admission.ts';
import { type Check, placeOf, tenantOf } from './check.ts';

/** A customer with users, or made from a company, has an administrator who stays. */
export const administrators: Check = (known, tell) => {
  const led = new Set<string>();
  const peopled = new Set<string>();
  return {
    see: (item) => {
      if (item.kind === 'user') peopled.add(tenantOf(item));
      if (item.kind === 'member' && administrates(item as never)) led.add(tenantOf(item));
    },
    end: () => {
      for (const { id, companyId } of known.nodes.values()) {
        const must = id.startsWith('cus_') && (companyId || peopled.has(id));
        if (must && !led.has(id)) tell(id, 'it has no administrator');
      }
    },
  };
};

/** A user holds what role or collection gives, and signs in with just that; nobody holds a role of another kind of node. */
export const roles: Check = (known, tell) => {
  const open = new Map<string, { readonly where: string; readonly roles: string; readonly user: boolean }>();
  const meet = (person: string, one: { where: string; roles: readonly unknown[]; user: boolean }) => {
    const said = [...one.roles].toSorted().join();
    const other = open.get(person);
    if (!other || other.user === one.user) return open.set(person, { ...one, roles: said });
    open.delete(person);
    if (other.roles !== said)
      tell(one.where, `user and membership differ in roles: ${other.roles || 'none'}, ${said || 'none'}`);
    return undefined;
  };
  const names = (list: unknown) => (list ?? []) as readonly string[];
  return {
    see: (item) => {
      const node = known.nodes.get(tenantOf(item));
      const where = placeOf(item);
      const kinds = !node
        ? []
        : node.id.startsWith('cus_')
          ? [...rolesOf.CUSTOMER, ...rolesOf.RESELLER]
          : rolesOf[node.type];
      const foreign = (list: unknown) =>
        names(list).filter((one) => !(kinds as readonly string[]).includes(one));
      if (item.kind === 'node') {
        for (const one of [...foreign(item.allowedRoles), ...foreign(item.restrictedRoles)])
          tell(tenantOf(item), `it allows or restricts ${one}, which is no role there`);
      }
      if (item.kind === 'member') {
        for (const one of foreign(item.roles)) tell(where, `it holds ${one}, which is no role there`);
        meet(String(item.id), { where, roles: names(item.roles), user: false });
      }
      if (item.kind !== 'user') return;
      const held = names((item.summary as { roles?: unknown } | undefined)?.roles);
      const role = item.role as { preset?: string; collectionId?: string } | null;
      const given = role?.preset
        ? [role.preset]
        : role?.collectionId
          ? known.collections.get(role.collectionId)?.roles
          : [];
      if (!given) tell(where, `its collection ${role?.collectionId} does not exist`);
      else if ([...given].toSorted().join() !== [...held].toSorted().join())
        tell(where, `it holds ${held.join() || 'nothing'} where its role gives ${given.join() || 'nothing'}`);
      if (held.length > 0) meet(personOf(String(item.id)), { where, roles: held, user: true });
    },
    end: () => {
      for (const { where, user } of open.values())
        if (user) tell(where, 'it holds a role and cannot sign in');
    },
  };
};
