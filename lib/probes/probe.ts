import * as z from 'zod';
import { digest } from '../kit/digest.ts';
import { type Key, probeKey, uniqueKey } from '../kit/keys.ts';
import type { Item, Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { foldName, line, name, whole } from '../kit/text.ts';
import { probeNameTaken } from './problems.ts';

const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const hostName = new RegExp(`^${label}(?:\\.${label})*$`);

/** A DNS name (one label is enough), an IPv4 or an IPv6 address. */
const host = z
  .string()
  .max(253)
  .refine(
    (value) => hostName.test(value) || z.ipv6().safeParse(value).success,
    'must be a host name or an IP address',
  );
const port = whole(1, 65535);

export const proxy = z.strictObject({
  host,
  port,
  user: line(64)
    .refine((value) => !value.includes(':'), 'must not contain a colon')
    .optional(),
  secretRef: z
    .string()
    .max(256)
    .regex(/^[\w.-]+(?:[/:][\w.-]+)+$/, 'must be a reference with at least one `/` or `:`, never a password')
    .optional()
    .describe(
      'Where the agent finds the password, such as `secretsmanager:acme/proxy` or `env:PROXY_PASSWORD`; the password itself never passes through here',
    ),
});

export const nat = z.strictObject({ host, port, protocol: z.enum(['HTTP', 'HTTPS']) });

export const newProbe = z.strictObject({
  name: name(60).describe('Unique among the customer’s probes'),
  proxy: proxy.optional().describe('What the agent goes through to reach us'),
  nat: nat.optional().describe('Under which address we are reached from the probe’s network'),
});

export const probeChange = z.strictObject({
  name: newProbe.shape.name.optional(),
  proxy: proxy.nullable().optional().describe('Replaced as a whole'),
  nat: nat.nullable().optional().describe('Replaced as a whole'),
});

const stored = z.object({
  id: z.string(),
  name: z.string(),
  proxy: proxy.nullable(),
  nat: nat.nullable(),
  createdAt: z.string(),
  changedAt: z.string(),
  /** Gone for good: then its name is free. */
  retiredAt: z.string().nullable(),
  /** The work that deletes its items. */
  operationId: z.string().nullable(),
  version: z.number(),
});

/** A probe as people set it up. */
export interface Probe extends z.infer<typeof stored> {
  readonly customerId: string;
}

export function toProbe(item: Readonly<Record<string, unknown>>, customerId: string): Probe {
  return { ...stored.parse(item), customerId };
}

export function probeItem({ customerId, ...probe }: Probe): Item & { version: number } {
  return { ...probeKey(customerId, probe.id), kind: 'probe', ...probe };
}

export const probeNameKey = (customerId: string, value: string): Key =>
  uniqueKey(customerId, 'PROBE', digest('name', foldName(value)));

/** Takes a name; refused where another probe has it. */
export function takeName({ customerId, id, name: value }: Pick<Probe, 'customerId' | 'id' | 'name'>): Write {
  return {
    do: 'create',
    item: { ...probeNameKey(customerId, value), kind: 'unique', probeId: id },
    taken: new Problem(probeNameTaken, undefined, { data: { name: value } }),
  };
}

/** What an audit entry shows: no user of a proxy. */
export function auditable({ name: value, proxy: through, nat: seenAs }: Probe) {
  return { name: value, proxy: through && { host: through.host, port: through.port }, nat: seenAs };
}
