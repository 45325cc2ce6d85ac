import { platformId } from '../../lib/kit/id.ts';
import { type Check, placeOf, type Stored, tenantOf } from './check.ts';
import { lineOf, providerAbove } from './skeleton.ts';

const recorded: readonly unknown[] = ['audit', 'request'];
// What a reseller keeps of customers that came or went.
const ofOthers: readonly unknown[] = ['removal', 'import'];

/** No item belongs to two tenants, and none to a tenant that never was. */
export const tenancy: Check = (known, tell) => {
  const allowed = (tenant: string, item: Stored): readonly string[] => {
    const own = known.nodes.get(tenant);
    const asked = item.kind === 'ticket' ? [String(item.providerId)] : [];
    // What was done and asked for in a partner's time stays in that partner's lists, whoever looks after it now.
    const then = recorded.includes(item.kind) ? before(tenant) : [];
    return own
      ? [...lineOf(known, own), ...asked, ...then]
      : [tenant, known.gone.get(tenant) ?? '', platformId];
  };
  const before = (tenant: string) =>
    [...(known.former.get(tenant) ?? [])].flatMap((id) => providerAbove(known, id) ?? []);
  const wrongName = (tenant: string, item: Stored): string | undefined => {
    const said = item.kind === 'unique' ? item.customerId : undefined;
    if (typeof said !== 'string') return undefined;
    if (!known.nodes.has(said)) return `it keeps a name for ${said}, which does not exist`;
    // Names that are on their way stand where they come from; which, and whose, is looked at with all names.
    return providerAbove(known, said) === tenant || known.names.get(said)?.from === tenant
      ? undefined
      : `it keeps a name for ${said}, of another provider`;
  };
  const astray = (tenant: string): string | undefined => {
    const { to = undefined } = known.names.get(tenant) ?? {};
    return to === undefined || to === providerAbove(known, tenant)
      ? undefined
      : `names of its users are on their way to ${to}, below which it is not`;
  };
  return {
    see: (item) => {
      const tenant = tenantOf(item);
      const where = placeOf(item);
      if (!known.nodes.has(tenant) && !known.gone.has(tenant)) return tell(where, `${tenant} does not exist`);
      for (const name of ['G1', 'G2'] as const) {
        const lists = item[name] === undefined ? undefined : String(item[name]).split('#')[1];
        if (lists && !allowed(tenant, item).includes(lists))
          tell(where, `${name} lists it under ${lists}, which is not above it`);
      }
      for (const name of ['customerId', 'nodeId'] as const) {
        const said = item[name];
        const other = typeof said === 'string' && /^(cus|prv)_/.test(said) && said !== tenant;
        if (other && tenant.startsWith('cus_') && !ofOthers.includes(item.kind))
          tell(where, `it stands at ${tenant} and says ${said}`);
      }
      const named = wrongName(tenant, item);
      if (named) tell(where, named);
      const lost = item.kind === 'userCount' ? astray(tenant) : undefined;
      if (lost) tell(where, lost);
    },
  };
};
