import * as z from 'zod';
import { instant } from '../kit/text.ts';
import { sealedEntry } from './row.ts';
import { seal, sealPart } from './seal.ts';

const step = z.strictObject({ side: z.enum(['left', 'right']), hash: z.string() });

/** Where an export begins. */
export const headLine = z.strictObject({
  kind: z.literal('export'),
  version: z.literal(1),
  nodeId: z.string().describe('Whose record it is'),
  whole: z.boolean().describe('True: of the node and everything below it; false: of the node alone'),
  at: instant,
});

/** A seal with the parts of it that the reader may see, each with what leads from it to the seal’s `tree`. */
export const sealLine = z.strictObject({
  kind: z.literal('seal'),
  ...seal.shape,
  parts: z.array(sealPart.extend({ proof: z.array(step) })),
});

/** One entry. In part: what the reader may not see is left out, and with it `unseen`. */
export const rowLine = z.strictObject({
  kind: z.literal('entry'),
  entry: sealedEntry,
  unseen: z
    .string()
    .nullable()
    .describe('Digest of what is stored with it beside; null where it is shown in part'),
});

export const exportLine = z.discriminatedUnion('kind', [headLine, sealLine, rowLine]);
export type HeadLine = z.infer<typeof headLine>;
export type SealLine = z.infer<typeof sealLine>;
export type RowLine = z.infer<typeof rowLine>;
export type ExportLine = z.infer<typeof exportLine>;

/** The seals of a day (UTC) of one root, as an object that nobody can overwrite or delete says them. */
export const anchor = z.strictObject({
  kind: z.literal('anchor'),
  version: z.literal(1),
  rootId: z.string(),
  day: z.string(),
  from: z.int().min(1).describe('The first seal of the day; `seals` goes on from it'),
  prev: z.string().describe('Hash of the seal before; empty where there is none'),
  seals: z.array(z.string()).min(1).describe('Hashes of the seals, in their order'),
  nodes: z
    .record(z.string(), z.string())
    .describe('Hash of each node’s last part of the day, under a digest of day and node'),
});
export type Anchor = z.infer<typeof anchor>;
