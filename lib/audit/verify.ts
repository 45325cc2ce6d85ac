import type { Anchor, ExportLine, HeadLine, RowLine, SealLine } from './lines.ts';
import { verifyAnchors } from './verify-anchors.ts';
import { verifyEntries } from './verify-entries.ts';
import { verifySeals } from './verify-seals.ts';

/** One thing that is not as it was sealed: where, and what was done to it. */
export interface Fault {
  readonly where: string;
  readonly what: string;
}

export interface Verdict {
  readonly faults: readonly Fault[];
  readonly seals: number;
  readonly entries: number;
  /** Entries too young to be in a seal. */
  readonly young: number;
  /** Entries that were sealed more than a day after what they say of themselves. */
  readonly late: number;
  /** Entries shown in part: that they are there is proven, not what they say. */
  readonly inPart: number;
  /** Seals that no anchor at hand speaks of. */
  readonly unanchored: number;
}

/** What all checks of one export look at. */
export interface Exported {
  readonly head: HeadLine;
  readonly seals: readonly SealLine[];
  readonly rows: readonly RowLine[];
  /** True where the chains are looked at from somewhere on, not from their beginning. */
  readonly begun?: boolean;
}

/** An entry is sealed within minutes: one that is younger than this against the export may still be in no seal. */
export const youngMs = 15 * 60_000;

/**
 * Names whatever was overwritten, deleted, added or reordered in an export, with nothing but the export; `anchors`, kept
 * where nobody can change them, name what was sealed anew.
 */
export function verify(lines: readonly ExportLine[], anchors: readonly Anchor[] = []): Verdict {
  const [head] = lines;
  const faults: Fault[] = [];
  const tell = (where: string, what: string) => void faults.push({ where, what });
  if (head?.kind !== 'export') {
    tell('export', 'it does not begin with its head');
    return { faults, seals: 0, entries: 0, young: 0, late: 0, inPart: 0, unanchored: 0 };
  }
  const seals = lines.filter((one) => one.kind === 'seal');
  const rows = lines.filter((one) => one.kind === 'entry');
  const exported = { head, seals, rows };
  verifyScope(exported, tell);
  verifySeals(exported, tell);
  const { young, late } = verifyEntries(exported, tell);
  const unanchored = verifyAnchors(exported, anchors, tell);
  const inPart = rows.filter(({ unseen }) => unseen === null).length;
  return { faults, seals: seals.length, entries: rows.length, young, late, inPart, unanchored };
}

/** An export is of whom its head says. */
function verifyScope({ head, seals, rows }: Exported, tell: (where: string, what: string) => void): void {
  const { nodeId, whole } = head;
  const strange = whole
    ? seals.find(({ rootId }) => rootId !== nodeId)?.rootId
    : (seals.flatMap(({ parts }) => parts).find((part) => part.nodeId !== nodeId)?.nodeId ??
      rows.find(({ entry }) => entry.nodeId !== nodeId)?.entry.nodeId);
  if (strange !== undefined)
    tell('export', `it says that it is ${whole ? 'all' : 'the record'} of ${nodeId}, and holds ${strange}`);
}
