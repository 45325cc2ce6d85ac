import * as z from 'zod';
import { lookOfDomain, lookOfName } from '../kit/look-alike.ts';
import { foldName } from '../kit/text.ts';

const ownDomain = z.object({ name: z.string(), shared: z.boolean() });
const profile = z.object({
  name: z.string().catch(''),
  timeZone: z.string().nullable().catch(null),
  companyId: z.string().nullable().catch(null),
  domains: z.array(ownDomain).catch([]),
});

/** What a customer is told by when it is made anew. */
export interface KnownBy {
  /** Its company of the directory, its name and its own domains, as they are read. */
  readonly own: readonly string[];
  /** Domains that its own ones stand below, the shortest first: whoever has one of these is the same. */
  readonly above: readonly string[];
}
export const knownByNothing: KnownBy = { own: [], above: [] };

/** As many as there are domains. */
const mostAbove = 20;

/** What licences of a customer go by: whose midnight ends them, and what it is known by when it is made anew. */
export function traitsOf(item: unknown): { timeZone: string; knownBy: KnownBy } {
  const { name, timeZone, companyId, domains } = profile.parse(item);
  const own = domains.flatMap((one) => (one.shared ? [] : [lookOfDomain(one.name)]));
  const above = own.flatMap(domainsAbove).filter((one) => !own.includes(one));
  const domain = (one: string) => `domain ${one}`;
  return {
    timeZone: timeZone ?? 'UTC',
    knownBy: {
      own: [
        ...(companyId ? [`company ${companyId}`] : []),
        ...(name === '' ? [] : [`name ${lookOfName(name) || foldName(name)}`]),
        ...new Set(own.map(domain)),
      ],
      above: [...new Set(above)]
        .sort((a, b) => a.length - b.length)
        .slice(0, mostAbove)
        .map(domain),
    },
  };
}

/** Of two labels and more. */
function domainsAbove(domain: string): string[] {
  const labels = domain.split('.');
  return labels.flatMap((_, at) => (at > 0 && at < labels.length - 1 ? [labels.slice(at).join('.')] : []));
}
