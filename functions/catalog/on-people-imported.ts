import { peopleImported } from '../../lib/directory/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { followCompanies } from './follow-people.ts';

export const onPeopleImported = subscriber({
  id: 'on-people-imported',
  on: peopleImported,
  impact: 'Imported people cannot sign in to the catalogue.',
  handle: (envelope) => followCompanies(envelope, 'on-people-imported', envelope.data.companies),
});
