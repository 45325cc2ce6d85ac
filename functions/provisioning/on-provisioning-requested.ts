import { commit, LostRace } from '../../lib/aws/db.ts';
import { envOr } from '../../lib/aws/env.ts';
import { subscriber } from '../../lib/kit/context.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { platformId } from '../../lib/kit/id.ts';
import type { Desired, What } from '../../lib/provisioning/desired.ts';
import { provisioningRequested } from '../../lib/provisioning/events.ts';
import { directoryOf } from '../../lib/provisioning/object.ts';
import { openRequest, requestItem, type Wish } from '../../lib/provisioning/request.ts';
import type { Step } from '../../lib/provisioning/rules.ts';
import { requestOf } from '../../lib/provisioning/store.ts';
import { run } from './run-request.ts';

export const onProvisioningRequested = subscriber({
  id: 'on-provisioning-requested',
  on: provisioningRequested,
  impact: 'Customers, users and services are not provisioned: new people cannot log on.',
  handle: (envelope) => provision(envelope, envelope.data),
});

/** Opens the request of an event, once, and works on it. */
export async function provision(
  envelope: Envelope,
  asked: {
    customerId: string;
    what: What;
    desired: Desired;
    wish?: Wish;
    steps?: readonly Step[];
  },
): Promise<void> {
  const id = `prq_${envelope.id.slice(-26)}`;
  const known = await requestOf(asked.customerId, id);
  if (known) return run(known, envelope);
  const directory = directoryOf(envOr('DIRECTORY_BASE_DN', ''));
  const request = openRequest(asked, { id, at: envelope.at, platformId, directory });
  await commit([{ do: 'create', item: requestItem(request) }], id, Date.now() + 5000).catch(
    (error: unknown) => {
      if (!(error instanceof LostRace)) throw error;
    },
  );
  await run(request, envelope);
}
