import { commit, LostRace } from '../../lib/aws/db.ts';
import { companyRemoved } from '../../lib/directory/events.ts';
import { countersOf } from '../../lib/directory/store.ts';
import { subscriber } from '../../lib/kit/context.ts';

/** Clears away the counters of a removed company's groups. */
export const onCompanyRemoved = subscriber({
  id: 'on-company-removed',
  on: companyRemoved,
  impact: 'Counters of groups of removed companies stay in the table; nobody sees them.',
  handle: async ({ tenant, subject, id }) => {
    for (const key of await countersOf(tenant.id, subject)) {
      await commit([{ do: 'remove', key }], id.slice(-26), Date.now() + 5000).catch((error: unknown) => {
        if (!(error instanceof LostRace)) throw error;
      });
    }
  },
});
