import { personOfUser } from '../../lib/catalog/source.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { usersChanged } from '../../lib/users/events.ts';
import { followPeople } from './follow-people.ts';

export const onUsersChanged = subscriber({
  id: 'on-users-changed',
  on: usersChanged,
  impact: 'New users cannot sign in to the catalogue; changed ones keep or miss what marketplaces give them.',
  handle: (envelope) =>
    followPeople(envelope, 'on-users-changed', {
      customerId: envelope.data.customerId,
      people: envelope.data.userIds.map((one) => ({ personId: personOfUser(one), source: 'USER' as const })),
    }),
});
