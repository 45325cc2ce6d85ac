import { type Check, kindOf, tenantOf } from './check.ts';
import { parentOf } from './skeleton.ts';

/** What a customer has or hands on, its parent offers (a provider offers everything); what a user has, its customer had. */
export const narrowing: Check = (known, tell) => ({
  see: (item) => {
    if (kindOf(item) !== 'INSTANCE' || String(item.SK).startsWith('#')) return;
    const [, service] = String(item.SK).split('#');
    if (item.status === 'NotProvisioned' || known.held.has(`${tenantOf(item)}|${service}`)) return;
    tell(tenantOf(item), `a user has ${service}, which the customer never had`);
  },
  end: () => {
    const mustOffer = (place: string) => {
      const [nodeId = '', service = ''] = place.split('|');
      const parentId = parentOf(known, nodeId);
      if (!parentId?.startsWith('cus_') || known.offers.get(`${parentId}|${service}`)?.offered === 1) return;
      tell(nodeId, `${service} is not offered by ${parentId}`);
    };
    for (const [place, had] of known.held) if (had) mustOffer(place);
    for (const [place, { offered }] of known.offers) if (offered === 1) mustOffer(place);
  },
});
