import * as z from 'zod';
import { line, whole } from '../kit/text.ts';

/** Bytes that the programs of a report may come to, as JSON. */
export const mostProgramBytes = 14_000;
/** Programs in a report. */
export const mostPrograms = 200;

const program = z.strictObject({ name: line(100), version: line(40).optional() });

/** What a machine reports of itself. */
export const newReport = z.strictObject({
  sequence: whole(1, Number.MAX_SAFE_INTEGER).describe('Higher than in any report of yours before'),
  hostname: line(80),
  osVersion: line(40),
  agentVersion: line(20),
  programs: z
    .array(program)
    .max(mostPrograms)
    .refine((all) => Buffer.byteLength(JSON.stringify(all)) <= mostProgramBytes, {
      message: `must have at most ${mostProgramBytes} bytes: name fewer programs`,
    })
    .describe(`Installed ones; as JSON at most ${mostProgramBytes} bytes`),
});

/** The last report of a machine. */
export const machineReport = z.strictObject({
  sequence: z.int().describe('0: nothing was reported yet'),
  reportedAt: z.string().nullable(),
  hostname: z.string().nullable(),
  osVersion: z.string().nullable(),
  agentVersion: z.string().nullable(),
  programs: z.array(z.strictObject({ name: z.string(), version: z.string().optional() })),
});
export type MachineReport = z.infer<typeof machineReport>;

const stored = z.object({
  sequence: z.number(),
  reportedAt: z.string().nullish(),
  hostname: z.string().nullish(),
  osVersion: z.string().nullish(),
  agentVersion: z.string().nullish(),
  programs: z.array(z.object({ name: z.string(), version: z.string().optional() })),
});

export function toReport(item: Readonly<Record<string, unknown>>): MachineReport {
  const { reportedAt, hostname, osVersion, agentVersion, ...rest } = stored.parse(item);
  return {
    ...rest,
    reportedAt: reportedAt ?? null,
    hostname: hostname ?? null,
    osVersion: osVersion ?? null,
    agentVersion: agentVersion ?? null,
  };
}
