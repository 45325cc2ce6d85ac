import * as z from 'zod';
import { digest } from '../kit/digest.ts';
import { nameEntry, serviceKey, uniqueKey } from '../kit/keys.ts';
import { difference, type Item, type Plan } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { foldName, name, paragraph } from '../kit/text.ts';
import { codeTaken } from './problems.ts';

const code = z
  .string()
  .regex(/^[A-Z0-9]{2,10}$/, 'must be 2 to 10 of A to Z and 0 to 9')
  .describe('Names the service in the directory; unique at the provider; fixed');
const kind = z
  .enum(['CUSTOMER', 'USER'])
  .describe('For a customer as a whole, or for a customer and then its users');

/** A service that the provider defines for its whole tree. */
export const service = z.strictObject({
  id: z.string().describe('`svc_…`'),
  code: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  kind,
  multiInstance: z
    .boolean()
    .describe(
      'Told in the event when it is given or taken; through this API a customer or user has a service once',
    ),
  createdAt: z.string(),
});
export type Service = z.infer<typeof service>;
export type StoredService = Service & { readonly version: number };

export const newService = z.strictObject({
  code,
  name: name(64),
  description: paragraph(1000).nullable().default(null),
  kind,
  multiInstance: z.boolean().default(false),
});
export const changedService = z
  .strictObject({ name: name(64), description: paragraph(1000).nullable(), multiInstance: z.boolean() })
  .partial();

export const serviceSummary = service.pick({ id: true, code: true, name: true, kind: true });

/** What a list shows, from the index. */
export function toSummary({ id, name, summary }: Readonly<Record<string, unknown>>) {
  return serviceSummary.parse({ id, name, ...(summary as object) });
}

const stored = service.extend({ version: z.number(), serviceKind: kind }).omit({ kind: true }).strip();

export function toService(item: Readonly<Record<string, unknown>>): StoredService {
  const { serviceKind, ...rest } = stored.parse(item);
  return { ...rest, kind: serviceKind };
}

export const viewService = ({ version: _, ...rest }: StoredService): Service => rest;

function toItem(providerId: string, one: Service, version: number): Item & { version: number } {
  return {
    ...serviceKey(providerId, one.id),
    ...nameEntry(providerId, 'SERVICE', foldName(one.name), one.id),
    ...one,
    kind: 'service',
    serviceKind: one.kind,
    summary: { code: one.code, kind: one.kind },
    version,
  };
}

/** Defines a service. */
export function addService(
  command: z.output<typeof newService>,
  made: { id: string; providerId: string; now: string },
): Plan<Service> {
  const added: Service = { id: made.id, ...command, createdAt: made.now };
  const errors = [{ pointer: '#/code', message: 'is taken' }];
  return {
    writes: [
      { do: 'create', item: toItem(made.providerId, added, 1) },
      {
        do: 'create',
        item: {
          ...uniqueKey(made.providerId, 'SERVICE_CODE', digest('code', added.code)),
          kind: 'unique',
          serviceId: added.id,
        },
        taken: new Problem(codeTaken, undefined, { errors }),
      },
    ],
    receipt: { action: 'services.create', subject: added.id, after: { ...added } },
    reply: { body: added, version: 1, location: `/v1/services/${added.id}` },
  };
}

/** Renames or describes a service anew. What customers have keeps the name under which they got it. */
export function changeService(
  providerId: string,
  before: StoredService,
  change: z.output<typeof changedService>,
): Plan<Service> {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const after: Service = { ...viewService(before), ...given };
  const differing = difference(viewService(before), after);
  if (Object.keys(differing.after).length === 0) {
    return { writes: [], reply: { body: viewService(before), version: before.version } };
  }
  const version = before.version + 1;
  return {
    writes: [{ do: 'replace', version: before.version, item: toItem(providerId, after, version) }],
    receipt: { action: 'services.change', subject: after.id, ...differing },
    reply: { body: after, version },
  };
}
