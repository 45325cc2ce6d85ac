import * as z from 'zod';
import { type InForce, inherit, type NoticeLayer } from '../kit/inherit.ts';
import { canonicalEmail } from '../kit/text.ts';

type Raw = Readonly<Record<string, unknown>>;

const stored = z.object({
  enabled: z.boolean().nullish(),
  thresholds: z.array(z.number()).nullish(),
  perType: z.record(z.string(), z.object({ thresholds: z.array(z.number()) })).nullish(),
  rearmPoints: z.number().nullish(),
  recipients: z.array(z.string()).nullish(),
  subject: z.string().nullish(),
  message: z.string().nullish(),
});

/** Stored settings in path order, the provider's first, the customer's own last; nothing set where there is no item. */
export function toLayers(items: readonly (Raw | undefined)[]): NoticeLayer[] {
  return items.map((item) => stored.parse(item ?? {}));
}

const customer = z.object({ name: z.string(), accountManagerEmail: z.string().nullish() });

/** Who is told of a customer's licences. */
export function licenceRecipients(settings: Pick<InForce, 'recipients'>, node: Raw): readonly string[] {
  const { accountManagerEmail } = customer.parse(node);
  return settings.recipients ?? (accountManagerEmail ? [accountManagerEmail] : []);
}

const member = z.object({ email: z.string(), roles: z.array(z.string()), state: z.string() });

/** Who is told of a customer's credits: its administrators. Source: domain.md §1.5.11. */
export function creditRecipients(members: readonly Raw[]): string[] {
  return members
    .map((item) => member.parse(item))
    .filter(({ roles, state }) => state === 'ACTIVE' && roles.includes('CUSTOMER_ADMINISTRATOR'))
    .map(({ email }) => email);
}

const sellers = ['CATALOG_ADMINISTRATOR', 'RESELLER_FULL_ADMINISTRATOR', 'CUSTOMER_ADMINISTRATOR'];

/** Who of a partner's people looks after its customers; where nobody does, its system administrators. */
export function sellersAmong(members: readonly Raw[]): string[] {
  const active = members.map((item) => member.parse(item)).filter(({ state }) => state === 'ACTIVE');
  const having = (roles: readonly string[]) =>
    active.filter((one) => one.roles.some((role) => roles.includes(role))).map(({ email }) => email);
  const found = having(sellers);
  return found.length > 0 ? found : having(['SYSTEM_ADMINISTRATOR']);
}

const communications = z.object({ communications: z.string() }).catch({ communications: 'BOTH' });

/** Who is told of a customer's licences of products, as its communications setting says. */
export function communicated(
  settings: Pick<InForce, 'recipients'>,
  of: { node: Raw; members: readonly Raw[]; management?: Raw | undefined },
): readonly string[] {
  const who = communications.parse(of.management ?? {}).communications;
  return [
    ...(who === 'CUSTOMER_ONLY' ? [] : licenceRecipients(settings, of.node)),
    ...(who === 'PARTNER_ONLY' ? [] : creditRecipients(of.members)),
  ];
}

/** What a mail says of the customer. */
export function aboutCustomer(node: Raw, at: string) {
  const { name, accountManagerEmail } = customer.parse(node);
  return { customerName: name, accountManagerEmail: accountManagerEmail ?? '', at };
}

/**
 * Whom a notice is for; the other administrators are those who are not licence recipients themselves. By communications: the partner (the licence recipients), the customer (its administrators), or both.
 */
export type Audience =
  | 'LICENCE_RECIPIENTS'
  | 'ADMINISTRATORS'
  | 'OTHER_ADMINISTRATORS'
  | 'RECIPIENTS_AND_ADMINISTRATORS'
  | 'BY_COMMUNICATIONS';

/** The addresses of an audience; undefined where nothing is to be told at all. */
export function audienceOf(
  audience: Audience,
  of: {
    layers: readonly NoticeLayer[];
    node: Raw;
    members: readonly Raw[];
    management?: Raw | undefined;
  },
): readonly string[] | undefined {
  const settings = inherit(of.layers);
  if (audience === 'BY_COMMUNICATIONS') return communicated(settings, of);
  if (audience === 'ADMINISTRATORS') return creditRecipients(of.members);
  if (audience === 'LICENCE_RECIPIENTS') return licenceRecipients(settings, of.node);
  if (audience === 'RECIPIENTS_AND_ADMINISTRATORS')
    return [...licenceRecipients(settings, of.node), ...creditRecipients(of.members)];
  const told = new Set(licenceRecipients(settings, of.node).map(canonicalEmail));
  const others = creditRecipients(of.members).filter((address) => !told.has(canonicalEmail(address)));
  return settings.enabled && others.length > 0 ? others : undefined;
}
