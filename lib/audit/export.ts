import { type FullAuditEvent, seenFrom } from './entry.ts';
import type { HeadLine, RowLine, SealLine } from './lines.ts';
import { proofOf } from './merkle.ts';
import { foundRow } from './row.ts';
import type { SealPart, StoredPart, StoredSeal } from './seal.ts';

type Item = Readonly<Record<string, unknown>>;

export const headOf = (nodeId: string, whole: boolean, at: string): HeadLine => ({
  ...({ kind: 'export', version: 1 } as const),
  ...{ nodeId, whole, at },
});

const open = ({ nodeId, number, first, prev, rows, hash }: StoredPart): SealPart => ({
  ...{ nodeId, number, first, prev, rows, hash },
});

/** A seal as one is shown it who sees these parts of it. */
export function sealLineOf(seal: StoredSeal, parts: readonly StoredPart[]): SealLine {
  const { rootId, seq, at, prev, tree, hash, nodes } = seal;
  const hashes = nodes.map((one) => one.hash);
  const own = parts.filter((one) => one.rootId === rootId && one.seq === seq);
  return {
    kind: 'seal',
    ...{ rootId, seq, at, prev, tree, hash },
    parts: own.map((part) => {
      const index = nodes.findIndex(({ id }) => id === part.nodeId);
      return { ...open(part), proof: index < 0 ? [] : proofOf(hashes, index) };
    }),
  };
}

/** An entry as `homeId` may see it; undefined: all of it. */
export function rowLineOf(item: Item, homeId: string | undefined): RowLine {
  const { entry, unseen } = foundRow(item);
  const whole = entry as unknown as FullAuditEvent;
  const seen = homeId === undefined ? whole : seenFrom(homeId, whole, String(item.path));
  const shown = { kind: 'entry', entry: seen as unknown as RowLine['entry'] } as const;
  return { ...shown, unseen: seen === whole ? unseen : null };
}
