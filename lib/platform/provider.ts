import * as z from 'zod';
import { digest } from '../kit/digest.ts';
import { announce } from '../kit/event.ts';
import { platformId } from '../kit/id.ts';
import { nameEntry, nodeKey, settingsKey, treeEntry, uniqueKey } from '../kit/keys.ts';
import { join } from '../kit/membership.ts';
import { difference, type Item, type Plan, type Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import type { Node } from '../kit/scope.ts';
import { domain, email, foldName, name } from '../kit/text.ts';
import { providerCreated } from './events.ts';
import { domainTaken, nameTaken } from './problems.ts';

/** A managed service provider: the root of its own resellers and customers. */
export const provider = z.strictObject({
  id: z.string().describe('`prv_…`'),
  name: z.string(),
  domains: z.array(z.string()).describe('Mail domains of the provider’s own people'),
  hosting: z
    .enum(['SAAS', 'ON_PREMISES'])
    .describe('Who enables MSP mode: the vendor (SaaS) or the system administrator'),
  installation: z.enum(['FRESH', 'UPGRADED']).describe('MSP mode needs a fresh installation'),
  servesSeveralCompanies: z.boolean().describe('Whether it is an MSP serving more than one customer company'),
  state: z.enum(['ACTIVE']),
  createdAt: z.string(),
});
export type Provider = z.infer<typeof provider>;

export const newProvider = z.strictObject({
  name: name(80),
  domains: z
    .array(domain)
    .max(20)
    .refine((list) => new Set(list).size === list.length, 'names a domain twice')
    .default([]),
  hosting: provider.shape.hosting,
  installation: provider.shape.installation,
  servesSeveralCompanies: z.boolean().default(true),
  administrator: z.strictObject({ name: name(80), email }).describe('The first system administrator'),
});

export const changedProvider = z.strictObject({
  name: name(80).optional(),
  servesSeveralCompanies: z.boolean().optional(),
});

const uniqueName = (value: string): Write => ({
  do: 'create',
  item: { ...uniqueKey(platformId, 'PROVIDER', digest('name', foldName(value))), kind: 'unique' },
  taken: new Problem(nameTaken),
});

/** Adds a provider with its first system administrator. */
export function addProvider(
  command: z.output<typeof newProvider>,
  made: { id: string; personId: string; now: string },
): Plan<Provider> {
  const { administrator, ...rest } = command;
  const added: Provider = { id: made.id, ...rest, state: 'ACTIVE', createdAt: made.now };
  return {
    writes: [
      { do: 'create', item: toItem(added, 1) },
      uniqueName(added.name),
      ...added.domains.map(
        (value): Write => ({
          do: 'create',
          item: {
            ...uniqueKey(platformId, 'DOMAIN', digest('domain', value)),
            kind: 'unique',
            providerId: added.id,
          },
          taken: new Problem(domainTaken, `Another provider has the domain ${value}`),
        }),
      ),
      { do: 'create', item: mspModeItem(made.id) },
      ...join({
        nodeId: made.id,
        personId: made.personId,
        ...administrator,
        roles: ['SYSTEM_ADMINISTRATOR', 'CATALOG_ADMINISTRATOR'],
        version: 1,
        createdAt: made.now,
      }),
    ],
    receipt: { action: 'providers.create', subject: made.id, tenantId: made.id, after: { ...added } },
    announcements: [
      announce(providerCreated, made.id, {
        name: added.name,
        hosting: added.hosting,
        installation: added.installation,
      }),
    ],
    reply: { body: added, version: 1, location: `/v1/providers/${made.id}` },
  };
}

/** Renames a provider or changes what it says of itself. Nothing is written where nothing differs. */
export function changeProvider(node: Node, change: z.output<typeof changedProvider>): Plan<Provider> {
  const before = toProvider(node.item);
  const after: Provider = {
    ...before,
    name: change.name ?? before.name,
    servesSeveralCompanies: change.servesSeveralCompanies ?? before.servesSeveralCompanies,
  };
  const differing = difference(before, after);
  if (Object.keys(differing.after).length === 0)
    return { writes: [], reply: { body: before, version: node.version } };
  const renamed = foldName(before.name) !== foldName(after.name);
  return {
    writes: [
      {
        do: 'replace',
        version: node.version,
        item: { ...toItem(after, node.version + 1), version: node.version + 1 },
      },
      ...(renamed
        ? [
            uniqueName(after.name),
            {
              do: 'remove',
              key: uniqueKey(platformId, 'PROVIDER', digest('name', foldName(before.name))),
            } satisfies Write,
          ]
        : []),
    ],
    receipt: { action: 'providers.change', subject: before.id, ...differing },
    reply: { body: after, version: node.version + 1 },
  };
}

/** A stored profile as a provider. */
export function toProvider(item: Readonly<Record<string, unknown>>): Provider {
  const { id, name, domains, hosting, installation, servesSeveralCompanies, state, createdAt } = item;
  return provider.parse({
    id,
    name,
    domains,
    hosting,
    installation,
    servesSeveralCompanies,
    state,
    createdAt,
  });
}

function toItem(value: Provider, version: number): Item {
  const path = [platformId, value.id];
  return {
    ...nodeKey(value.id),
    ...treeEntry(platformId, path),
    ...nameEntry(platformId, 'PROVIDER', foldName(value.name), value.id),
    ...value,
    kind: 'node',
    type: 'PROVIDER',
    path: path.join('/'),
    version,
  };
}

/** MSP mode starts off; `enabled` is a number so that other changes can be made to depend on it without reading. */
function mspModeItem(providerId: string): Item {
  return {
    ...settingsKey(providerId, 'MSP_MODE'),
    kind: 'mspMode',
    state: 'DISABLED',
    enabled: 0,
    customers: 0,
    externalUsers: 0,
    collaboratorGroups: 0,
    version: 1,
  };
}
