import { codeKey as catalogCodeKey } from '../../lib/catalog/code.ts';
import { codeKey } from '../../lib/customers/code.ts';
import { billingKey, domainKey } from '../../lib/customers/domain.ts';
import { nameKey } from '../../lib/customers/profile.ts';
import { companyNameKey, customerCompanyKey } from '../../lib/directory/company.ts';
import { addressKey, loginKey } from '../../lib/directory/person.ts';
import { policyNameKey } from '../../lib/endpoints/policy.ts';
import { digest } from '../../lib/kit/digest.ts';
import { platformId } from '../../lib/kit/id.ts';
import { identityKey, type Key, refundKey, trialKey, uniqueKey } from '../../lib/kit/keys.ts';
import { emailHash } from '../../lib/kit/membership.ts';
import { canonicalEmail, foldName } from '../../lib/kit/text.ts';
import { keeperOf } from '../../lib/kit/upn.ts';
import { probeNameKey } from '../../lib/probes/probe.ts';
import { upnKey, userNameKey } from '../../lib/users/user.ts';
import { balance, type Check, placeOf, type Stored, tenantOf, type Watch } from './check.ts';
import { providerAbove, type Skeleton } from './skeleton.ts';

const text = (value: unknown) => String(value ?? '');

function namesOfNode(item: Stored): Key[] {
  const id = text(item.id);
  const domains = (item.domains ?? []) as readonly (string | { name: string; shared?: boolean })[];
  if (id.startsWith('prv_'))
    return [
      uniqueKey(platformId, 'PROVIDER', digest('name', foldName(text(item.name)))),
      ...domains.map((one) => uniqueKey(platformId, 'DOMAIN', digest('domain', one))),
    ];
  if (!id.startsWith('cus_')) return [];
  const providerId = text(item.path).split('/')[1] ?? '';
  // What no partner looks after keeps no name with anybody.
  if (providerId === id) return [];
  return [
    nameKey(providerId, text(item.name)),
    ...(item.code ? [codeKey(providerId, text(item.code))] : []),
    ...(item.billingId ? [billingKey(providerId, text(item.billingId))] : []),
    ...(item.companyId ? [customerCompanyKey(providerId, text(item.companyId))] : []),
    ...domains.flatMap((one) =>
      typeof one === 'string' || one.shared ? [] : [domainKey(providerId, one.name)],
    ),
  ];
}

const upnRoot = (user: Stored, known: Skeleton): string =>
  keeperOf(text(user.id), known.names.get(tenantOf(user)), providerAbove(known, tenantOf(user)) ?? '');

/** What an item must keep for itself alone. */
function namesOf(item: Stored, known: Skeleton): Key[] {
  const tenant = tenantOf(item);
  const { upn, userName } = (item.summary ?? {}) as Record<string, unknown>;
  switch (item.kind) {
    case 'node':
      return namesOfNode(item);
    case 'company':
      return [companyNameKey(tenant, text(item.name))];
    case 'person':
      return [loginKey(tenant, text(item.loginName)), addressKey(tenant, text(item.email))];
    case 'user':
      return [upnKey(upnRoot(item, known), text(upn)), userNameKey(tenant, text(userName))];
    case 'service':
      return [uniqueKey(tenant, 'SERVICE_CODE', digest('code', item.code))];
    case 'product':
      return [uniqueKey(tenant, 'PRODUCT_CODE', digest('code', item.code))];
    case 'subscription':
      return item.licenceKind === 'TRIAL' ? [trialKey(tenant, text(item.productId))] : [];
    case 'catalogItem':
      return item.code ? [catalogCodeKey(tenant, text(item.code))] : [];
    case 'roleCollection':
      return [uniqueKey(tenant, 'ROLE_COLLECTION', digest('name', foldName(text(item.name))))];
    case 'collaboratorGroup':
      return [uniqueKey(tenant, 'COLLABORATORS', digest('name', foldName(text(item.name))))];
    case 'externalUser':
      return [uniqueKey(tenant, 'EXTERNAL', digest('external', canonicalEmail(text(item.email))))];
    case 'member':
      return [identityKey(platformId, emailHash(text(item.email)))];
    case 'probe':
      return item.retiredAt === null ? [probeNameKey(tenant, text(item.name))] : [];
    case 'policy':
      return [policyNameKey(tenant, text(item.name))];
    case 'entry':
      return item.type === 'REFUND' ? [refundKey(tenant, text(item.refundOf))] : [];
    default:
      return [];
  }
}

const keeping: readonly unknown[] = ['unique', 'identity', 'refund', 'trial'];
const keeps = ({ kind }: Stored) => keeping.includes(kind);

/** What must be unique is kept by exactly one item, and none is kept for what is not there. */
export const names: Check = (known, tell) => {
  const kept = balance();
  return {
    see: (item) => {
      if (keeps(item)) kept.put(placeOf(item), -1);
      for (const key of namesOf(item, known)) kept.put(placeOf({ ...key }), 1);
    },
    again: () => (kept.isEven() ? undefined : closer(known, tell, kept.isSuspect)),
  };
};

function closer(known: Skeleton, tell: Parameters<Check>[1], isSuspect: (name: string) => boolean): Watch {
  const owners = new Map<string, string[]>();
  const kept = new Set<string>();
  return {
    see: (item) => {
      const here = placeOf(item);
      if (keeps(item) && isSuspect(here)) kept.add(here);
      for (const key of namesOf(item, known)) {
        const place = placeOf({ ...key });
        if (isSuspect(place)) owners.set(place, [...(owners.get(place) ?? []), here]);
      }
    },
    end: () => {
      for (const [place, having] of owners) {
        if (!kept.has(place)) tell(having.join(', '), `nothing keeps ${place} for it`);
        else if (having.length > 1) tell(having.join(', '), `they share ${place}`);
      }
      for (const place of kept) if (!owners.has(place)) tell(place, 'nobody has what it keeps');
    },
  };
}
