import * as z from 'zod';
import { event } from '../kit/event.ts';

// No event of an import says an address or a link: whoever follows it reads what it may.
const importId = z.string();
const example = 'imp_01J00000000000000000000000';

export const importAsked = event({
  type: 'access.import_asked.v1',
  summary: 'A partner asked to look after an account, or asked again; nothing says whether there is one',
  data: z.strictObject({ importId, round: z.int().describe('Counts how often it was sent, from 1') }),
  example: { importId: example, round: 1 },
});

export const importAnswered = event({
  type: 'access.import_answered.v1',
  summary: 'An import has ended: its partner is told',
  data: z.strictObject({
    importId,
    state: z.enum(['CONFIRMED', 'DECLINED', 'EXPIRED']),
    customerId: z.string().nullable().describe('Once it is confirmed'),
  }),
  example: { importId: example, state: 'CONFIRMED', customerId: 'cus_01J00000000000000000000000' },
});

export const importConfirmed = event({
  type: 'access.import_confirmed.v1',
  summary: 'A customer let a partner in: its administrators are told',
  data: z.strictObject({
    importId,
    partnerId: z.string(),
    above: z.array(z.string()).describe('Names of whoever stands above the partner'),
  }),
  example: { importId: example, partnerId: 'prv_01J00000000000000000000000', above: [] },
});

export const importTried = event({
  type: 'access.import_tried.v1',
  summary: 'Somebody else than whom it was mailed to tried a link of an import; told once in an hour',
  data: z.strictObject({
    importId,
    how: z.enum(['WRONG_ADDRESS', 'ANOTHER_ACCOUNT']).describe('On the page; or signed in as somebody else'),
    tries: z.int(),
  }),
  example: { importId: example, how: 'WRONG_ADDRESS', tries: 1 },
});

export const importLinkVoid = event({
  type: 'access.import_link_void.v1',
  summary: 'A link of an import was tried by somebody else until it was void',
  data: z.strictObject({ importId, tries: z.int() }),
  example: { importId: example, tries: 5 },
});

export const leaveWished = event({
  type: 'access.leave_wished.v1',
  summary: 'A customer that is looked after wishes to go to the partner that asked: the present one is told',
  data: z.strictObject({ importId, askingName: z.string().describe('Name of the partner that asked') }),
  example: { importId: example, askingName: 'Example IT' },
});
