import { randomUUID } from 'node:crypto';

/** A customer to be added in order, of a name, domain and contact of its own. */
export function orderOf(
  more: {
    company?: Record<string, unknown>;
    contact?: Record<string, unknown>;
    [part: string]: unknown;
  } = {},
) {
  // A code ending in 2 or 3 is also its own first alternative: one read less, by chance.
  const unique = randomUUID().replace(/[23]/g, '4').slice(0, 13);
  const domain = `c-${unique}.example.org`;
  const { company, contact, ...rest } = more;
  return {
    managementType: 'BOTH',
    company: { name: `Company ${unique}`, email: `office@${domain}`, domain, ...company },
    contact: { name: 'Con Tact', email: `contact@${domain}`, ...contact },
    ...rest,
  };
}
