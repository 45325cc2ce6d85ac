import * as z from 'zod';

const ownDomain = z.object({ name: z.string(), primary: z.boolean(), shared: z.boolean() });
const profile = z.object({
  timeZone: z.string().nullable().catch(null),
  companyId: z.string().nullable().catch(null),
  domains: z.array(ownDomain).catch([]),
});

/** What licences of a customer go by: whose midnight ends them, and what it is known by when it is made anew. */
export function traitsOf(item: unknown): { timeZone: string; knownBy: readonly string[] } {
  const { timeZone, companyId, domains } = profile.parse(item);
  const own = domains.find(({ primary, shared }) => primary && !shared);
  return {
    timeZone: timeZone ?? 'UTC',
    knownBy: [...(companyId ? [companyId] : []), ...(own ? [own.name] : [])],
  };
}
