import * as z from 'zod';
import { importKey } from '../kit/keys.ts';
import type { Item, Write } from '../kit/plan.ts';
import { email, id, message } from '../kit/text.ts';
import { terms } from './terms.ts';

/** What the customer is asked to agree to. */
const agreed = {
  managementType: z.enum(['PARTNER', 'CUSTOMER', 'BOTH']).describe('Who manages the customer then'),
  communications: z
    .enum(['PARTNER_ONLY', 'CUSTOMER_ONLY', 'BOTH'])
    .describe('Who is told of its licences then; mails about the import itself go to the customer, always'),
  access: terms.omit({ endsAt: true }).describe('In the console, for a year from the confirmation'),
};

export const newImport = z.strictObject({
  email: email.describe('With which an administrator of the account signs in'),
  ...agreed,
  message: message(500).optional().describe('Shown to the administrator as your words, without links'),
});
export type NewImport = z.output<typeof newImport>;

/** What of the partner's own keeps it from taking over: never anything of the customer. */
export const obstacles = [
  'NAME_TAKEN',
  'CODE_TAKEN',
  'DOMAIN_TAKEN',
  'MSP_MODE_OFF',
  'POOL_SHORT',
  'TOO_DEEP',
  'DISABLED',
  'OTHER',
] as const;
export type ImportObstacle = (typeof obstacles)[number];

const tried = z.strictObject({
  since: z.string().describe('When somebody first tried to confirm'),
  obstacle: z
    .enum(obstacles)
    .describe(
      'What stood in the way when it was tried last: NAME_TAKEN, CODE_TAKEN, DOMAIN_TAKEN: another customer of yours has it; MSP_MODE_OFF: yours; POOL_SHORT: your pool of licences; TOO_DEEP: you stand too deep in the tree; DISABLED: you or a reseller above',
    ),
});

export const importStates = ['PENDING', 'CONFIRMED', 'DECLINED', 'EXPIRED', 'CANCELLED'] as const;
export type ImportState = (typeof importStates)[number];

const told = {
  id: z.string().describe('`imp_…`'),
  email: z.string(),
  managementType: z.string(),
  communications: z.string(),
  access: z.object({ roles: z.array(z.string()), mostMinutes: z.number(), approval: z.string() }),
  message: z.string().nullable(),
  state: z.enum(importStates),
  reason: z.string().nullable().describe('Of whoever declined, in their words'),
  customerId: z.string().nullable().describe('Once it is confirmed: then it is your customer'),
  askedBy: z.string(),
  createdAt: z.string(),
  sentAt: z.string().describe('When it was asked last'),
  round: z.number().describe('How often it was asked; at most six times'),
  endsAt: z.string().describe('Until when it can be answered: 14 days after it was asked last'),
  endedAt: z.string().nullable(),
  tried: tried.nullable().describe('A confirmation that you kept from being done; null where there was none'),
};

/** What the partner sees: nothing of whether there is an account, until somebody answers. */
export const importView = z.strictObject(told);
export type ImportView = z.infer<typeof importView>;

const stored = z.object({ ...told, tried: tried.nullable().default(null), version: z.number() });
export type Import = z.infer<typeof stored>;

export const toImport = (item: Readonly<Record<string, unknown>>): Import => stored.parse(item);

export const importItem = (partnerId: string, one: Import): Item & { version: number } => ({
  ...importKey(partnerId, one.id),
  kind: 'import',
  ...one,
});

/** An import that nobody answered in time has ended, without anybody writing it. */
export const stateAt = ({ state, endsAt }: Pick<Import, 'state' | 'endsAt'>, now: string): ImportState =>
  state === 'PENDING' && endsAt <= now ? 'EXPIRED' : state;

export function viewImport({ version: _, ...one }: Import, now: string): ImportView {
  const state = stateAt(one, now);
  return { ...one, state, endedAt: state === 'EXPIRED' ? (one.endedAt ?? one.endsAt) : one.endedAt };
}

/** The ETag: an import whose time is over reads otherwise than before. */
export const tagOf = (one: Import, now: string): string | number =>
  stateAt(one, now) === one.state ? one.version : `${one.version}.expired`;

/** Moves an import on, where it is as it was seen: of all who end it at once, one does. */
export const moveOn = (partnerId: string, before: Import, change: Partial<Import>): Write => ({
  do: 'replace',
  version: before.version,
  item: importItem(partnerId, { ...before, ...change, version: before.version + 1 }),
});

export const importId = id('importLink');
