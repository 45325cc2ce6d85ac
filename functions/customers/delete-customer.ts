import * as z from 'zod';
import { standingOf } from '../../lib/credits/ledger.ts';
import { headOf } from '../../lib/credits/store.ts';
import { parting, deleteCustomer as remove } from '../../lib/customers/deletion.ts';
import {
  goesByPlan,
  hasChildren,
  hasProbes,
  inUse,
  notDeprovisioned,
  openRequests,
  tooManyPeople,
} from '../../lib/customers/problems.ts';
import { besideHoldings, estateOf } from '../../lib/customers/store.ts';
import { accessKey } from '../../lib/kit/keys.ts';
import { expectVersion } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes, providerOf } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { erase } from '../../lib/users/remove.ts';
import { lastUserOf } from '../../lib/users/store.ts';

export const deleteCustomer = route({
  id: 'deleteCustomer',
  method: 'DELETE',
  path: '/v1/customers/{customerId}',
  summary: 'Delete a deprovisioned customer without descendants; an archive of it is kept for seven years',
  description:
    'Its users but the last, who is an administrator, and its services, offers and licences are taken back before, its requests completed or ended, and its probes retired. Who came by confirming an import, or has decided about your access, is removed by a plan instead: its account stays its own. What is left of its credits is taken to zero by an ADJUST entry of its ledger, which the provider still reads under `/v1/archived-customers`.',
  permission: 'customers.supply',
  target: { param: 'customerId', types: customerTypes, below: true },
  params: z.strictObject({ customerId: id('customer') }),
  ifMatch: true,
  dryRun: true,
  reply: { status: 204, body: parting },
  refuses: [goesByPlan, notDeprovisioned, hasChildren, inUse, openRequests, hasProbes, tooManyPeople],
  alongside: (ids) => [...besideHoldings(ids), accessKey(ids.target)],
  load: async ({ scope, alongside }) => {
    const [{ target }, [told, access]] = await Promise.all([scope(), alongside()]);
    const holdings = told && Number(told.version);
    const [estate, ledger, last] = await Promise.all([
      estateOf(target),
      headOf(target.id, true),
      lastUserOf(target.id),
    ]);
    return { estate: { ...estate, holdings, access }, ledger, last };
  },
  decide: ({ scope, query, ifMatch, now }, { estate, ledger, last }) => {
    const { dryRun = false } = query as { dryRun?: boolean };
    expectVersion(ifMatch, scope.target.version);
    const { balance } = standingOf(ledger, now);
    return remove(
      scope.target,
      { ...estate, balance },
      {
        now,
        dryRun,
        lastUser: last && erase(last, providerOf(scope.target)),
      },
    );
  },
});
