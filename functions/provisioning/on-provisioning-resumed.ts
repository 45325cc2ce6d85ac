import { subscriber } from '../../lib/kit/context.ts';
import { provisioningResumed } from '../../lib/provisioning/events.ts';
import { requestOf } from '../../lib/provisioning/store.ts';
import { run } from './run-request.ts';

/** Goes on with a request that was retried, or that one turn was too short for. */
export const onProvisioningResumed = subscriber({
  id: 'on-provisioning-resumed',
  on: provisioningResumed,
  impact: 'Retried and long provisioning requests stand still.',
  handle: async (envelope) => {
    const request = await requestOf(envelope.subject, envelope.data.requestId);
    if (request) await run(request, envelope);
  },
});
