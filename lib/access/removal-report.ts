import * as z from 'zod';
import { canonicalSha256 as sha256 } from '../kit/digest.ts';

const fate = z.strictObject({
  subscriptionId: z.string(),
  productId: z.string(),
  productName: z.string(),
  kind: z.enum(['TRIAL', 'SUBSCRIPTION', 'MSP']),
  seats: z.number(),
  used: z.number().describe('Seats of the product that are taken, whatever licence they are of'),
  fate: z
    .enum(['ENDS_NOW', 'ENDS_AT_DEADLINE', 'STAYS'])
    .describe('ENDS_NOW: its seats go back to the partner; STAYS: it runs to its own end'),
  endsAt: z.string().nullable().describe('null: with the removal'),
  metered: z
    .strictObject({
      month: z.string(),
      peak: z.int().describe('Most seats taken'),
      mspSeats: z.int().describe('Most seats beyond the customer’s own licences'),
      overage: z.int().describe('Most seats beyond all licences'),
    })
    .optional()
    .describe('Of an MSP licence: the month up to the removal, to be billed'),
});

/** What follows from a removal, counted: nothing that names a person. */
export const consequences = z.strictObject({
  licences: z.array(fate),
  deadline: z.string().nullable().describe('When licences of the partner that run on end'),
  pool: z
    .array(z.strictObject({ resourceType: z.string(), allocated: z.number(), used: z.number() }))
    .describe('Licences of the pool: what was allocated goes back, nothing more is managed'),
  credits: z
    .number()
    .describe('Left in the ledger: they stay as a record, and nothing is sold for them any more'),
  probes: z.int().describe('Belong to the partner’s monitoring: their agents are out'),
  machines: z.int().describe('Stay, with their seats as far as licences reach'),
  packages: z.int().describe('Installation packages made by the partner’s people: revoked'),
  sessions: z.int().describe('Of the partner’s people in the console: they end'),
  trials: z.int().describe('Run on to their end'),
  people: z.int().describe('Who sign in there: they go on'),
  users: z.int(),
  directoryObjects: z
    .int()
    .describe(
      'Accounts and groups in the directory, out of service: they stay so until it is provisioned again',
    ),
});
export type Consequences = z.infer<typeof consequences>;

/** One agent or machine as it was when the report was made. */
export const drained = z.strictObject({
  id: z.string(),
  state: z.string(),
  seenAt: z.string().nullable(),
  sequence: z.number().describe('Of the last it was heard with; 0: never'),
  credential: z.enum(['OUT', 'KEPT']).describe('OUT: no call of it is taken any more'),
});
export type Drained = z.infer<typeof drained>;

/** At most so many are listed one by one. */
export const mostListed = 1000;
const list = z.strictObject({
  count: z.int(),
  sha256: z.string().describe('Over the canonical JSON of all of them, in the order of their ids'),
  listed: z.array(drained).describe(`At most ${mostListed}`),
});

/** What a removal came to: counts and proof, for both sides. */
export const report = z.strictObject({
  schema: z.literal(1),
  removalId: z.string(),
  customer: z.strictObject({ id: z.string(), name: z.string() }),
  partner: z.strictObject({ id: z.string(), name: z.string() }),
  licences: z.enum(['return-to-pool', 'customer-buys']),
  executedAt: z.string(),
  readyAt: z.string(),
  follows: consequences,
  probes: list,
  machines: list,
  packagesRevoked: z.int(),
});
export type Report = z.infer<typeof report>;

export const signedReport = report.extend({
  sha256: z.string().describe('Over the canonical JSON of everything else: names in order, no spaces'),
});
export type SignedReport = z.infer<typeof signedReport>;

/** Those listed, with the hash of them all. */
export function listOf(all: readonly Drained[]): z.infer<typeof list> {
  const sorted = [...all].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { count: sorted.length, sha256: sha256(sorted), listed: sorted.slice(0, mostListed) };
}

export const sign = (one: Report): SignedReport => ({ ...one, sha256: sha256(one) });

/** What is wrong with a report, as far as the report itself tells; nothing where it is whole. */
export function faultsOf(value: unknown): string[] {
  const read = signedReport.safeParse(value);
  if (!read.success) return read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  const { sha256: said, ...rest } = read.data;
  return [
    ...(sha256(rest) === said ? [] : ['its hash is not that of what it says']),
    ...(['probes', 'machines'] as const).flatMap((name) => {
      const { count, listed, sha256: hash } = rest[name];
      if (listed.length !== Math.min(count, mostListed))
        return [`${name}: ${listed.length} are listed of ${count}`];
      if (count <= mostListed && sha256(listed) !== hash)
        return [`${name}: the hash is not that of those listed`];
      const kept = name === 'probes' && listed.some(({ credential }) => credential !== 'OUT');
      return kept ? ['probes: an agent is still let in'] : [];
    }),
  ];
}
