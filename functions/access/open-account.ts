import { newAccount, openAccount as open } from '../../lib/customers/account.ts';
import { customer } from '../../lib/customers/profile.ts';
import { addressInUse } from '../../lib/kit/membership.ts';
import { route } from '../../lib/kit/route.ts';

export const openAccount = route({
  id: 'openAccount',
  method: 'POST',
  path: '/v1/accounts',
  summary: 'Add a customer that no partner looks after, with its first administrator',
  description:
    'It stands right below the platform until its administrator confirms a partner’s link. Its name need not be unique.',
  permission: 'accounts.manage',
  target: { home: ['PLATFORM'] },
  body: newAccount,
  reply: { status: 201, body: customer },
  refuses: [addressInUse],
  decide: ({ body, newId, now }) => open(body, { id: newId('customer'), personId: newId('person'), now }),
});
