import * as z from 'zod';
import { event } from '../kit/event.ts';
import { terms } from './terms.ts';

export const accessAsked = event({
  type: 'access.asked.v1',
  summary: 'A partner asked its customer for access, or for more than it has; subject: the customer',
  data: z.strictObject({
    organization: z.string().describe('Who asks: the name of the provider or reseller'),
    personId: z.string(),
    terms: terms.strip().nullable(),
  }),
  example: {
    organization: 'Northwind',
    personId: 'per_01J00000000000000000000000',
    terms: {
      ...{ roles: ['CUSTOMER_OPERATOR' as const], mostMinutes: 30, approval: 'EACH' as const },
      endsAt: '2026-12-24T00:00:00.000Z',
    },
  },
});

export const accessChanged = event({
  type: 'access.changed.v1',
  summary: 'What a customer gives its partner has changed, or was refused; subject: the customer',
  data: z.strictObject({
    change: z.enum(['GIVEN', 'NARROWED', 'REVOKED', 'REFUSED', 'HANDED_OVER', 'MOVED']),
    by: z.enum(['CUSTOMER', 'PARTNER']),
    organization: z.string().nullable().describe('Whose people it is, or was, given to'),
  }),
  example: { change: 'GIVEN', by: 'CUSTOMER', organization: 'Northwind' },
});

export const accessEnds = event({
  type: 'access.ends.v1',
  summary: 'Access to a customer’s console ends within so many days; 0: it has ended; subject: the customer',
  data: z.strictObject({
    withinDays: z.union([z.literal(14), z.literal(3), z.literal(0)]),
    endsAt: z.string(),
  }),
  example: { withinDays: 14, endsAt: '2026-12-24T00:00:00.000Z' },
});

const session = z.strictObject({
  personId: z.string(),
  home: z.string().describe('The partner'),
  endsAt: z.string().nullable().describe('Null: not approved yet'),
});
const example = {
  personId: 'per_01J00000000000000000000000',
  home: 'prv_01J00000000000000000000000',
  endsAt: '2026-12-24T10:00:00.000Z',
};

export const sessionOpened = event({
  type: 'access.session_opened.v1',
  summary: 'Somebody of the partner has entered a customer’s console; subject: the session',
  data: session,
  example,
});

export const sessionAwaits = event({
  type: 'access.session_awaits.v1',
  summary: 'Somebody of the partner wants to enter a customer’s console and waits for approval',
  data: session,
  example: { ...example, endsAt: null },
});

export const sessionEnded = event({
  type: 'access.session_ended.v1',
  summary: 'A delegated session was ended, or refused before it began; subject: the session',
  data: z.strictObject({ by: z.enum(['CUSTOMER', 'PARTNER']), refused: z.boolean() }),
  example: { by: 'CUSTOMER', refused: false },
});
