import * as z from 'zod';
import { graceEnd, type Meter } from './meter.ts';
import type { Terms } from './terms.ts';

/** That use is beyond a soft limit: since when, until when that is put up with, and what follows. */
export const overLimit = z.strictObject({
  overSince: z.string(),
  graceUntil: z.string(),
  effect: z.enum(['block-new', 'mark']),
});

/** null: it is not. */
export function viewOverLimit(
  { overSince }: Pick<Meter, 'overSince'>,
  { graceDays, effect }: Pick<Terms, 'graceDays' | 'effect'>,
): z.infer<typeof overLimit> | null {
  return overSince ? { overSince, graceUntil: graceEnd(overSince, graceDays), effect } : null;
}
