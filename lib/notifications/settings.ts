import * as z from 'zod';
import type { Templates } from './emails.ts';

const stored = z.object({
  enabled: z.boolean().nullish(),
  rearmPoints: z.number().nullish(),
  recipients: z.array(z.string()).nullish(),
  subject: z.string().nullish(),
  message: z.string().nullish(),
});

/** What is in force for a customer's licence alerts. */
export interface Settings extends Templates {
  readonly enabled: boolean;
  readonly rearmPoints: number;
  /** Null: the account manager. */
  readonly recipients: readonly string[] | null;
}

/** Settings inherited from the top: `layers` in path order, the provider's first, the customer's own last. */
export function inherit(layers: readonly (Readonly<Record<string, unknown>> | undefined)[]): Settings {
  const nearestFirst = layers.map((item) => stored.parse(item ?? {})).reverse();
  const nearest = <K extends keyof z.infer<typeof stored>>(name: K) =>
    nearestFirst.map((layer) => layer[name]).find((value) => value !== undefined && value !== null) ?? null;
  return {
    enabled: nearest('enabled') ?? true,
    rearmPoints: nearest('rearmPoints') ?? 5,
    recipients: nearest('recipients'),
    subject: nearest('subject'),
    message: nearest('message'),
  };
}

const customer = z.object({ name: z.string(), accountManagerEmail: z.string().nullish() });

/** Who is told of a customer's licences. */
export function licenceRecipients(
  settings: Settings,
  node: Readonly<Record<string, unknown>>,
): readonly string[] {
  const { accountManagerEmail } = customer.parse(node);
  return settings.recipients ?? (accountManagerEmail ? [accountManagerEmail] : []);
}

const member = z.object({ email: z.string(), roles: z.array(z.string()), state: z.string() });

/** Who is told of a customer's credits: its administrators. Source: domain.md §1.5.11. */
export function creditRecipients(members: readonly Readonly<Record<string, unknown>>[]): string[] {
  return members
    .map((item) => member.parse(item))
    .filter(({ roles, state }) => state === 'ACTIVE' && roles.includes('CUSTOMER_ADMINISTRATOR'))
    .map(({ email }) => email);
}

/** What a mail says of the customer. */
export function aboutCustomer(node: Readonly<Record<string, unknown>>, at: string) {
  const { name, accountManagerEmail } = customer.parse(node);
  return { customerName: name, accountManagerEmail: accountManagerEmail ?? '', at };
}
