import { commit, LostRace } from '../../lib/aws/db.ts';
import { secret } from '../../lib/aws/world.ts';
import { departures } from '../../lib/catalog/departure-store.ts';
import { customerDeleted } from '../../lib/customers/events.ts';
import { subscriber } from '../../lib/kit/context.ts';

const turnMs = 40_000;
const patienceMs = 5000;

/** Frees the addresses of a deleted customer's people and clears its marketplaces away; they are out already, for the customer is. */
export const onCustomerDeletedClear = subscriber({
  id: 'on-customer-deleted-clear',
  on: customerDeleted,
  impact: 'Addresses of people of deleted customers stay taken as end users.',
  handle: async ({ subject }) => {
    const until = Date.now() + turnMs;
    for (;;) {
      const writes = await departures(subject);
      if (writes.length === 0) return;
      if (Date.now() > until) throw new Error('There is more to clear away: goes on at the next delivery');
      await commit(writes, secret(24), Date.now() + patienceMs).catch((error: unknown) => {
        if (!(error instanceof LostRace)) throw error;
      });
    }
  },
});
