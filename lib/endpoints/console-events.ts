import * as z from 'zod';
import { event } from '../kit/event.ts';

export const groupChanged = event({
  type: 'endpoints.group_changed.v1',
  summary:
    'A group of machines was added, changed, moved or removed, or was given another policy; subject: the group',
  data: z.object({
    change: z.enum(['ADDED', 'CHANGED', 'REMOVED']),
    parentId: z.string().nullable(),
    policyId: z.string().nullable().describe('Its own; null: it has what the group above has'),
  }),
  example: { change: 'CHANGED', parentId: 'mgr_00000000000000000000000000', policyId: null },
});

export const policyChanged = event({
  type: 'endpoints.policy_changed.v1',
  summary: 'A policy was made, has a new version, or was deleted; subject: the policy',
  data: z.object({
    change: z.enum(['ADDED', 'CHANGED', 'REMOVED']),
    name: z.string(),
    version: z.number(),
  }),
  example: { change: 'CHANGED', name: 'Servers', version: 2 },
});

export const packageChanged = event({
  type: 'endpoints.package_changed.v1',
  summary: 'An installation package was made or revoked; subject: the package',
  data: z.object({
    change: z.enum(['ADDED', 'REVOKED']),
    groupId: z.string(),
    platform: z.enum(['WINDOWS', 'MACOS', 'LINUX', 'ANY']),
    productId: z.string(),
    expiresAt: z.string(),
  }),
  example: {
    change: 'ADDED',
    groupId: 'mgr_00000000000000000000000000',
    platform: 'LINUX',
    productId: 'prd_01J00000000000000000000000',
    expiresAt: '2026-12-31T00:00:00.000Z',
  },
});
