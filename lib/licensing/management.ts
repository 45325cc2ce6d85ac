import * as z from 'zod';
import { accessKey, managementKey } from '../kit/keys.ts';
import { hasDecided } from '../kit/own-people.ts';
import { difference, expectVersion, type Plan, refuse, type Write } from '../kit/plan.ts';
import { needsConsent } from './problems.ts';

/** Who manages a customer, and whom the notices of its licences are for. */
export const management = z.strictObject({
  managementType: z
    .enum(['PARTNER', 'CUSTOMER', 'BOTH'])
    .describe('Who manages the customer: the partner, the customer itself, or both; recorded'),
  communications: z
    .enum(['PARTNER_ONLY', 'CUSTOMER_ONLY', 'BOTH'])
    .describe('Who is told of licences that end and of seats beyond them'),
});
export type Management = z.infer<typeof management> & { readonly version: number };

const stored = management.extend({ version: z.number() }).strip();

/** Stored settings; those of a customer nobody has decided about are of version 0. */
export const toManagement = (item: Readonly<Record<string, unknown>> | undefined): Management =>
  item ? stored.parse(item) : { managementType: 'BOTH', communications: 'BOTH', version: 0 };

export const viewManagement = ({ version: _, ...rest }: Management): z.infer<typeof management> => rest;

type Access = Readonly<Record<string, unknown>> | undefined;

export function setManagement(
  of: { customerId: string; before: Management; access?: Access },
  command: z.output<typeof management>,
  ifMatch: string | undefined,
): Plan<z.infer<typeof management>> {
  const { customerId, before } = of;
  expectVersion(ifMatch, before.version);
  const takesOver = command.managementType === 'PARTNER' && before.managementType !== 'PARTNER';
  if (takesOver && hasDecided(of.access)) refuse(needsConsent);
  const turns = command.managementType !== before.managementType;
  const version = before.version + 1;
  const item = { ...managementKey(customerId), kind: 'management', ...command, version };
  return {
    writes: [
      before.version === 0 ? { do: 'create', item } : { do: 'replace', item, version: before.version },
      ...(turns && of.access ? [accessTurned(customerId, of.access)] : []),
      ...(takesOver && !of.access ? [stillNone(customerId)] : []),
    ],
    receipt: {
      action: 'customers.set_management',
      subject: customerId,
      ...difference(viewManagement(before), command),
    },
    reply: { body: command, version },
  };
}

const stillNone = (customerId: string): Write => ({ do: 'check', key: accessKey(customerId), version: null });

/** Another type is another meaning of what is given: whoever is bound to that, as every change in a session is, decides again. */
const accessTurned = (customerId: string, { version }: NonNullable<Access>): Write => ({
  do: 'adjust',
  key: accessKey(customerId),
  add: { version: 1 },
  version: Number(version),
});
