import * as z from 'zod';
import { delegatedRoles } from '../kit/delegable.ts';
import { refuse } from '../kit/plan.ts';
import { instant, whole } from '../kit/text.ts';
import { endOutOfRange } from './problems.ts';

const role = z.enum(delegatedRoles);
const roles = z
  .array(role)
  .min(1)
  .max(2)
  .refine((some) => new Set(some).size === some.length, 'must name each role once');

/** What a partner's people may do in a customer's console, and until when. */
export const terms = z.strictObject({
  roles: roles.describe('Roles of the customer that a session may take'),
  mostMinutes: whole(5, 60).describe('Longest session'),
  approval: z
    .enum(['STANDING', 'EACH'])
    .describe('EACH: the customer’s administrators approve every session before it begins'),
  endsAt: instant.describe('No session reaches beyond; at most a year from now'),
});
export type Terms = z.output<typeof terms>;

export const sessionRoles = roles;

const dayMs = 86_400_000;
const longestDays = 366;

/** Refuses an end that is over or too far. */
export function mustEndInTime({ endsAt }: Terms, now: string): void {
  const ahead = Date.parse(endsAt) - Date.parse(now);
  if (ahead <= 0 || ahead > longestDays * dayMs) refuse(endOutOfRange);
}

/** True where terms are nowhere more than others. */
export const isWithin = (wish: Terms, given: Terms): boolean =>
  wish.roles.every((one) => given.roles.includes(one)) &&
  wish.mostMinutes <= given.mostMinutes &&
  (wish.approval === 'EACH' || given.approval === 'STANDING') &&
  wish.endsAt <= given.endsAt;

const noticeDays = [14, 3, 0] as const;
export type NoticeDays = (typeof noticeDays)[number];

const noticeAt = (endsAt: string, days: number): string =>
  new Date(Date.parse(endsAt) - days * dayMs).toISOString();

/** When an end is told next; null once it was told last. */
export const dueAfter = (endsAt: string, now: string): string | null =>
  noticeDays.map((days) => noticeAt(endsAt, days)).find((at) => at > now) ?? null;

/** What is to be told of an end that fell due: the nearest, where several did. */
export const toldBy = (endsAt: string, now: string): NoticeDays | undefined =>
  noticeDays.findLast((days) => noticeAt(endsAt, days) <= now);
