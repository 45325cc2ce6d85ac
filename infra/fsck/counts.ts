import { domainKey } from '../../lib/customers/domain.ts';
import { groupKey, groupsOf, type Place } from '../../lib/directory/group.ts';
import { usersOfCollection, usersOfDomain } from '../../lib/kit/keys.ts';
import { type Check, placeOf, type Stored, tally, tenantOf } from './check.ts';
import { lineOf, parentOf } from './skeleton.ts';

/** Domains of its parent that a node uses too. */
function sharedBy(item: Stored): string[] {
  const domains = (item.domains ?? []) as readonly { name: string; shared?: boolean }[];
  const providerId = String(item.path).split('/')[1] ?? '';
  return domains.flatMap(({ name, shared }) => (shared ? [placeOf({ ...domainKey(providerId, name) })] : []));
}

/** What is counted instead of listed. Each pair of names below holds what is counted less what is there. */
export const counts: Check = (known, tell) => {
  const counted = tally();
  const said = (where: string, what: string, by: unknown) => counted.add(`${where}|${what}`, Number(by ?? 0));
  const there = (where: string, what: string) => counted.add(`${where}|${what}`, -1);
  return {
    see: (item) => {
      const tenant = tenantOf(item);
      for (const place of item.kind === 'node' ? sharedBy(item) : []) there(place, 'sharers');
      if (item.kind === 'unique' && item.sharers !== undefined) said(placeOf(item), 'sharers', item.sharers);
      if (item.kind === 'userCount') {
        said(tenant, 'users', item.users);
        for (const name of Object.keys(item))
          if (/^[@#]/.test(name)) said(tenant, `users of ${name}`, item[name]);
      } else if (item.kind === 'user') {
        there(tenant, 'users');
        const { upn } = item.summary as { upn: string };
        there(tenant, `users of ${usersOfDomain(upn.slice(upn.indexOf('@') + 1))}`);
        const { collectionId } = (item.role ?? {}) as { collectionId?: string };
        if (collectionId) {
          there(collectionId, 'holders');
          there(tenant, `users of ${usersOfCollection(collectionId)}`);
        }
      } else if (item.kind === 'roleCollection') said(String(item.id), 'holders', item.users);
      else if (item.kind === 'mspMode') {
        for (const what of ['customers', 'externalUsers', 'collaboratorGroups'])
          said(tenant, what, item[what]);
      } else if (item.kind === 'externalUser') there(tenant, 'externalUsers');
      else if (item.kind === 'collaboratorGroup') there(tenant, 'collaboratorGroups');
      else if (item.kind === 'companyGroup') said(placeOf(item), 'people', item.members);
      else if (item.kind === 'person') {
        for (const place of groupsOf(item as unknown as Place))
          there(placeOf({ ...groupKey(tenant, place) }), 'people');
      } else if (item.kind === 'meter') {
        said(`${tenant} ${item.type}`, 'items in use', item.used);
        said(`${tenant} ${item.type}`, 'items waiting', item.waiting);
      } else if (item.kind === 'item') {
        const waits = item.summary !== 'BY_REQUEST';
        if (item.state === 'MANAGED') there(`${tenant} ${item.type}`, 'items in use');
        else if (waits) there(`${tenant} ${item.type}`, 'items waiting');
      }
    },
    end: () => {
      for (const [id, { type }] of known.nodes) {
        const children = known.children.get(id);
        if ((type === 'RESELLER') !== (children !== undefined))
          tell(id, 'node and reseller service disagree');
        said(id, 'children', children);
        if (!id.startsWith('cus_')) continue;
        const line = lineOf(known, known.nodes.get(id) as never);
        if (line[1] === id) continue;
        there(line[1] ?? '', 'customers');
        const parentId = line.at(-2) ?? '';
        if (parentId.startsWith('cus_')) there(parentId, 'children');
      }
      const takes = (place: string) => {
        const [nodeId = '', service = ''] = place.split('|');
        const parentId = parentOf(known, nodeId) ?? '';
        if (parentId.startsWith('cus_')) there(`${parentId} ${service}`, 'holders right below');
      };
      for (const [place, { offered, held }] of known.offers) {
        said(place.replace('|', ' '), 'holders right below', held);
        if (offered === 1) takes(place);
      }
      for (const [place, had] of known.held) if (had) takes(place);
      for (const [name, off] of counted.uneven()) {
        const [where = '', what = ''] = name.split('|');
        tell(where, `it counts ${Math.abs(off)} ${what} ${off > 0 ? 'more' : 'fewer'} than there are`);
      }
    },
  };
};
