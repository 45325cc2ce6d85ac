import * as z from 'zod';
import { settingsKey } from '../kit/keys.ts';
import type { Item, Write } from '../kit/plan.ts';

/** Where a provider stands on the way to MSP mode. */
export type Standing =
  | { readonly state: 'DISABLED' }
  | { readonly state: 'REQUESTED'; readonly ticketId: string }
  | { readonly state: 'REJECTED'; readonly ticketId: string; readonly reason: string }
  | { readonly state: 'ENABLED'; readonly ticketId: string | null };

/** The standing together with everything that MSP mode excludes or needs: one item, so one version binds them. */
export interface MspMode {
  readonly providerId: string;
  readonly standing: Standing;
  readonly since: string | null;
  readonly customers: number;
  readonly externalUsers: number;
  readonly collaboratorGroups: number;
  readonly version: number;
}

export const mspMode = z.strictObject({
  state: z.enum(['DISABLED', 'REQUESTED', 'REJECTED', 'ENABLED']),
  since: z.string().nullable().describe('Null while nothing has ever been asked'),
  ticketId: z.string().nullable().describe('The ticket that asks, was rejected or was approved'),
  reason: z.string().nullable().describe('Why the last request was rejected'),
  customers: z.number(),
  externalUsers: z.number(),
  collaboratorGroups: z.number(),
});
export type MspModeView = z.infer<typeof mspMode>;

export function viewMspMode({ standing, version: _version, providerId: _id, ...rest }: MspMode): MspModeView {
  return {
    ...rest,
    state: standing.state,
    ticketId: 'ticketId' in standing ? standing.ticketId : null,
    reason: 'reason' in standing ? standing.reason : null,
  };
}

/** The mode in another standing from `now` on. */
export const stand = (mode: MspMode, standing: Standing, now: string): MspMode => ({
  ...mode,
  standing,
  since: now,
  version: mode.version + 1,
});

/** The mode with one more or one fewer of what it excludes. */
export const count = (mode: MspMode, what: 'externalUsers' | 'collaboratorGroups', by: 1 | -1): MspMode => ({
  ...mode,
  [what]: mode[what] + by,
  version: mode.version + 1,
});

/** Writes a changed mode over exactly the version it was decided on. */
export const rewrite = (after: MspMode): Write => ({
  do: 'replace',
  version: after.version - 1,
  item: { ...toItem(after), version: after.version },
});

/** What an audit entry compares. */
export const auditMode = ({ standing }: MspMode) => ({ mspMode: standing });

function toItem({ providerId, standing, ...rest }: MspMode): Item {
  return {
    ...settingsKey(providerId, 'MSP_MODE'),
    kind: 'mspMode',
    ...rest,
    ...standing,
    enabled: standing.state === 'ENABLED' ? 1 : 0,
  };
}

const standing = z.discriminatedUnion('state', [
  z.object({ state: z.literal('DISABLED') }),
  z.object({ state: z.literal('REQUESTED'), ticketId: z.string() }),
  z.object({ state: z.literal('REJECTED'), ticketId: z.string(), reason: z.string() }),
  z.object({ state: z.literal('ENABLED'), ticketId: z.string().nullable().default(null) }),
]);
const stored = z.object({
  since: z.string().nullable().default(null),
  customers: z.number(),
  externalUsers: z.number(),
  collaboratorGroups: z.number(),
  version: z.number(),
});

/** A stored mode; each provider is created with one. */
export function toMspMode(providerId: string, item: Readonly<Record<string, unknown>> | undefined): MspMode {
  return { providerId, standing: standing.parse(item), ...stored.parse(item) };
}
