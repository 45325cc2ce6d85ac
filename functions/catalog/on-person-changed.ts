import { personChanged } from '../../lib/directory/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { followCompanies } from './follow-people.ts';

export const onPersonChanged = subscriber({
  id: 'on-person-changed',
  on: personChanged,
  impact: 'People who changed department or company keep or miss what marketplaces give them.',
  handle: (envelope) =>
    followCompanies(envelope, 'on-person-changed', { [envelope.data.companyId]: [envelope.subject] }),
});
