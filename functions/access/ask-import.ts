import { ask } from '../../lib/access/ask.ts';
import { importView, newImport } from '../../lib/access/import.ts';
import { tooManyImports } from '../../lib/access/import-problems.ts';
import { openImportsOf } from '../../lib/access/import-store.ts';
import { mspModeOff } from '../../lib/customers/problems.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';

export const askImport = route({
  id: 'askImport',
  method: 'POST',
  path: '/v1/customer-imports',
  summary: 'Ask to look after a customer that is there already',
  description:
    'By the address with which an administrator of it signs in. The answer is the same whether there is such an account or not; only an administrator that there is gets a mail, with a link on which to confirm or decline. Nothing of the customer is seen before it confirms. An address gets three such mails a day at most, whoever asks.',
  permission: 'imports.manage',
  target: { home: ['PROVIDER', 'RESELLER'] },
  body: newImport,
  reply: { status: 201, body: importView },
  refuses: [tooManyImports, mspModeOff],
  load: ({ home, provider }) => openImportsOf(home, provider ?? home),
  decide: ({ scope, body, newId, now }, { open, mspModeOn }) => {
    if (!mspModeOn) refuse(mspModeOff);
    const made = { id: newId('importLink'), by: scope.actor.id, now };
    return ask(scope.home, { command: body, open }, made);
  },
});
