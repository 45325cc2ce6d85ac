import * as z from 'zod';
import { settingsKey } from '../kit/keys.ts';
import type { Write } from '../kit/plan.ts';

const stored = z.object({
  model: z.enum(['SHARED', 'ALLOCATED']),
  graceDays: z.number(),
  effect: z.enum(['block-new', 'mark']),
  version: z.number(),
});

/** How a customer takes part in the provider's licences. */
export type Terms = z.infer<typeof stored>;

/** Stored terms; those of a customer nobody has decided about are of version 0 and share the pool. */
export function toTerms(item: Readonly<Record<string, unknown>> | undefined): Terms {
  return item ? stored.parse(item) : { model: 'SHARED', graceDays: 14, effect: 'mark', version: 0 };
}

export const termsKey = (customerId: string) => settingsKey(customerId, 'LICENSING');

export function termsWrite(customerId: string, terms: Terms): Write {
  const item = { ...termsKey(customerId), ...terms, kind: 'licenceTerms', version: terms.version + 1 };
  return terms.version === 0 ? { do: 'create', item } : { do: 'replace', item, version: terms.version };
}
