import { personAdded } from '../../lib/directory/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { followCompanies } from './follow-people.ts';

export const onPersonAdded = subscriber({
  id: 'on-person-added',
  on: personAdded,
  impact: 'People added to the directory cannot sign in to the catalogue.',
  handle: (envelope) =>
    followCompanies(envelope, 'on-person-added', { [envelope.data.companyId]: [envelope.subject] }),
});
