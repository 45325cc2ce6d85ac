import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { operationKey } from '../kit/keys.ts';
import type { Item, Plan } from '../kit/plan.ts';
import { chunkItem, portions } from './chunk.ts';
import { importRequested } from './events.ts';
import type { ImportKind, Row } from './file.ts';

export const operationState = z.enum([
  'NotProvisioned',
  'Requested',
  'InProgress',
  'Provisioned',
  'Failed',
  'Pending',
]);

const progress = z.strictObject({
  id: z.string().describe('`opr_…`'),
  type: z.enum(['IMPORT_COMPANIES', 'IMPORT_PEOPLE', 'IMPORT_CATALOGUE']),
  state: operationState.describe('`Provisioned`: done, with at least one row; `Failed`: done, with none'),
  total: z.int(),
  done: z.int(),
  succeeded: z.int(),
  failed: z.int(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
});
export type Progress = z.infer<typeof progress>;

/** Work that goes on in the background, and how far it is. */
export const operation = progress.extend({
  stalledSince: z
    .string()
    .nullable()
    .describe('Since when nothing has moved, if that is longer than 15 minutes: it goes on where it stopped'),
});
export type Operation = z.infer<typeof operation>;

/** An operation as stored: `chunks` portions of rows, of which `chunk` is at row `offset`; `movedAt` is when rows were last settled. */
export interface StoredOperation {
  readonly value: Progress;
  readonly movedAt: string;
  readonly version: number;
  readonly chunks: number;
  readonly chunk: number;
  readonly offset: number;
}

const day = 24 * 3600;

/** Epoch seconds until which rows wait and results are kept. */
export const lapse = (now: string, days: number): number => Math.floor(Date.parse(now) / 1000) + days * day;

export function kindOf({ type }: Progress): ImportKind {
  return kinds[type];
}

const kinds = {
  IMPORT_COMPANIES: 'companies',
  IMPORT_PEOPLE: 'people',
  IMPORT_CATALOGUE: 'catalogue',
} as const satisfies Record<Progress['type'], ImportKind>;
const typeOf = {
  companies: 'IMPORT_COMPANIES',
  people: 'IMPORT_PEOPLE',
  catalogue: 'IMPORT_CATALOGUE',
} as const satisfies Record<ImportKind, Progress['type']>;

/** Takes the rows of a file in and asks for them to be settled. */
export function requestImport(
  providerId: string,
  command: { kind: ImportKind; rows: readonly Row[] },
  made: { id: string; now: string },
): Plan<Operation> {
  const chunks = portions(command.rows);
  const value: Progress = {
    id: made.id,
    type: typeOf[command.kind],
    state: 'Requested',
    total: command.rows.length,
    done: 0,
    succeeded: 0,
    failed: 0,
    createdAt: made.now,
    startedAt: null,
    finishedAt: null,
  };
  const stored = { value, movedAt: made.now, version: 1, chunks: chunks.length, chunk: 0, offset: 0 };
  const expiresAt = lapse(made.now, 30);
  return {
    writes: [
      { do: 'create', item: operationItem(providerId, stored) },
      ...chunks.map((rows, chunk) => ({
        do: 'create' as const,
        item: chunkItem({ providerId, operationId: made.id, chunk }, rows, expiresAt),
      })),
    ],
    receipt: {
      action: 'imports.request',
      subject: made.id,
      after: { kind: command.kind, total: value.total },
    },
    announcements: [announce(importRequested, made.id, { kind: command.kind, done: 0, total: value.total })],
    reply: { body: { ...value, stalledSince: null }, version: 1, location: `/v1/operations/${made.id}` },
  };
}

export function operationItem(providerId: string, stored: StoredOperation): Item & { version: number } {
  const { value, ...rest } = stored;
  return { ...operationKey(providerId, value.id), ...value, ...rest, kind: 'operation' };
}

const patienceMs = 15 * 60_000;

/** What callers see of an operation. */
export function viewOperation({ value, movedAt }: StoredOperation, now: string): Operation {
  const stalled = value.finishedAt === null && Date.parse(now) - Date.parse(movedAt) > patienceMs;
  return { ...value, stalledSince: stalled ? movedAt : null };
}

const shape = progress
  .extend({
    movedAt: z.string(),
    version: z.number(),
    chunks: z.number(),
    chunk: z.number(),
    offset: z.number(),
  })
  .strip();

/** A stored item as an operation. */
export function toOperation(item: Readonly<Record<string, unknown>>): StoredOperation {
  const { movedAt, version, chunks, chunk, offset, ...value } = shape.parse(item);
  return { value, movedAt, version, chunks, chunk, offset };
}
