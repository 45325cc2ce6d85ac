import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anchorOf } from '../../lib/audit/anchor.ts';
import type { Anchor, ExportLine, RowLine, SealLine } from '../../lib/audit/lines.ts';
import { partHash, type StoredSeal } from '../../lib/audit/seal.ts';
import { verify } from '../../lib/audit/verify.ts';
import { at, type Chain, emptyChain, entryAt, exportOf, nodeIds, reseal, rootId, sealAt } from './chain.ts';

const runs = Number(process.env.RUNS ?? 8);
const day = 24 * 60;
const later = at(30 * day);

/** Seals of some days: in each the nodes and how many entries of each. */
const history = fc.array(
  fc.record({
    gap: fc.integer({ min: 1, max: day }),
    counts: fc.tuple(...nodeIds.map(() => fc.integer({ min: 0, max: 4 }))),
  }),
  { minLength: 3, maxLength: 12 },
);
type History = readonly { readonly gap: number; readonly counts: readonly number[] }[];

function build(made: History): Chain {
  const chain = emptyChain();
  let minutes = 0;
  for (const { gap, counts } of made) {
    minutes += gap;
    const rows = counts.flatMap((count, node) =>
      Array.from({ length: count }, (_, n) => entryAt(String(nodeIds[node]), minutes, node * 10 + n)),
    );
    sealAt(chain, rows, minutes + 3);
  }
  return chain;
}

function anchorsOf({ seals }: Chain): Anchor[] {
  const days = Map.groupBy(seals, ({ at: made }) => made.slice(0, 10));
  return [...days].map(([name, own]) => anchorOf(name, own as [StoredSeal, ...StoredSeal[]]));
}

/** A chain with entries of everybody in the end. */
const full = history.map((made) =>
  build([...made, { gap: 7, counts: [2, 2, 2] }, { gap: 9, counts: [1, 1, 1] }]),
);
const pick = <T>(all: readonly T[], seed: number): T => all[seed % all.length] as T;
const faultsOf = (lines: readonly ExportLine[], anchors?: readonly Anchor[]) =>
  verify(lines, anchors).faults.map(({ where, what }) => `${where}: ${what}`);
const isRow = (line: ExportLine): line is RowLine => line.kind === 'entry';
const isSeal = (line: ExportLine): line is SealLine => line.kind === 'seal';
const viewers = fc.constantFrom(undefined, ...nodeIds.slice(1));

/** Tries something on a random export of the tree or of a customer; answers what was found. */
function tried(
  change: (lines: ExportLine[], seed: number) => { lines: ExportLine[]; named: RegExp } | undefined,
) {
  fc.assert(
    fc.property(full, viewers, fc.nat(), (chain, nodeId, seed) => {
      const lines = exportOf(chain, later, nodeId);
      expect(faultsOf(lines, anchorsOf(chain))).toEqual([]);
      const changed = change(structuredClone(lines), seed);
      if (!changed) return;
      const found = faultsOf(changed.lines, anchorsOf(chain));
      expect(found.filter((one) => changed.named.test(one))).not.toEqual([]);
    }),
    { numRuns: runs },
  );
}

describe('an export as it was made', () => {
  it('verifies, with anchors and without, whole and of one customer, and says what no anchor holds', () => {
    fc.assert(
      fc.property(full, viewers, (chain, nodeId) => {
        const lines = exportOf(chain, later, nodeId);
        expect(verify(lines, anchorsOf(chain))).toMatchObject({
          faults: [],
          unanchored: 0,
          young: 0,
          late: 0,
          inPart: 0,
        });
        expect(verify(lines)).toMatchObject({ faults: [], unanchored: lines.filter(isSeal).length });
      }),
      { numRuns: runs },
    );
  });

  it('shows a customer nothing of others: no id of theirs, no hash of their entries', () => {
    fc.assert(
      fc.property(full, (chain) => {
        const text = JSON.stringify(exportOf(chain, later, nodeIds[1]));
        expect(text).not.toContain(nodeIds[2]);
        const others = chain.parts
          .filter(({ nodeId }) => nodeId !== nodeIds[1])
          .flatMap(({ rows }) => rows.flat());
        expect(others.filter((one) => text.includes(one))).toEqual([]);
        const anchors = JSON.stringify(anchorsOf(chain));
        expect(nodeIds.slice(1).filter((id) => anchors.includes(id))).toEqual([]);
      }),
      { numRuns: Math.min(runs, 20) },
    );
  });
});

describe('entries', () => {
  const overwritten: [string, (row: RowLine) => void][] = [
    [
      'what it says',
      ({ entry }) => {
        entry.after = { city: 'Rome' };
      },
    ],
    [
      'who did it',
      ({ entry }) => {
        entry.actor.id = 'per_2';
      },
    ],
    [
      'an attribute of who did it',
      ({ entry }) => {
        entry.actor.ticket = 'T-1';
      },
    ],
    [
      'when',
      ({ entry }) => {
        entry.at = at(1);
      },
    ],
    [
      'its reason',
      ({ entry }) => {
        entry.reason = 'asked';
      },
    ],
    [
      'whom it was announced to',
      ({ entry }) => {
        entry.announced.push({ id: 'evt_9', type: 'x.v1' });
      },
    ],
    [
      'what nobody sees of it',
      (row) => {
        row.unseen = `${row.unseen?.slice(0, -1)}_`;
      },
    ],
  ];
  it.each(overwritten)('overwritten in %s are named', (_, change) => {
    tried((lines, seed) => {
      const row = pick(lines.filter(isRow), seed);
      change(row);
      return { lines, named: new RegExp(`entry ${row.entry.id}: it was overwritten`) };
    });
  });

  it('overwritten by another are named with it', () => {
    tried((lines, seed) => {
      const rows = lines.filter(isRow);
      const row = pick(rows, seed);
      const other = rows.find(({ entry }) => entry.nodeId === row.entry.nodeId && entry.id !== row.entry.id);
      if (!other) return undefined;
      const { id } = row.entry;
      row.entry = { ...other.entry, id };
      row.unseen = other.unseen;
      return { lines, named: new RegExp(`entry ${id}: it was overwritten`) };
    });
  });

  it('deleted are named', () => {
    tried((lines, seed) => {
      const row = pick(lines.filter(isRow), seed);
      const named = new RegExp(`entry ${row.entry.id}: it was deleted: it stands in ${rootId} seal \\d+`);
      return { lines: lines.filter((one) => one !== row), named };
    });
  });

  it('added are named', () => {
    tried((lines, seed) => {
      const rows = lines.filter(isRow);
      const row = pick(rows, seed);
      const id = `${row.entry.id.slice(0, -4)}9999`;
      const fresh = { ...row, entry: { ...row.entry, id } };
      return {
        lines: lines.toSpliced(lines.indexOf(row) + 1, 0, fresh),
        named: new RegExp(`entry ${id}: it was added`),
      };
    });
  });

  it('standing twice are named', () => {
    tried((lines, seed) => {
      const row = pick(lines.filter(isRow), seed);
      return { lines: [...lines, row], named: new RegExp(`entry ${row.entry.id}: it stands there twice`) };
    });
  });

  it('reordered are named', () => {
    tried((lines, seed) => {
      const rows = lines.filter(isRow);
      const index = lines.indexOf(rows[seed % (rows.length - 1)] as RowLine);
      const [one, next] = [lines[index] as RowLine, lines[index + 1] as RowLine];
      const named = new RegExp(`entry ${one.entry.id}: it was reordered: it stands behind ${next.entry.id}`);
      return { lines: lines.toSpliced(index, 2, next, one), named };
    });
  });

  it('cut off at the end are named one by one', () => {
    tried((lines, seed) => {
      const rows = lines.filter(isRow);
      const gone = rows.slice(seed % rows.length);
      const left = lines.filter((one) => !gone.includes(one as RowLine));
      const found = faultsOf(left);
      for (const { entry } of gone)
        expect(found).toContainEqual(expect.stringMatching(`entry ${entry.id}: it was deleted`));
      return { lines: left, named: /it was deleted/ };
    });
  });

  it('too young to be in a seal are told apart from those that were added', () => {
    const chain = build([{ gap: 5, counts: [1, 1, 1] }]);
    chain.rows.push(entryAt(rootId, 60, 1));
    expect(verify(exportOf(chain, at(70)))).toMatchObject({ faults: [], young: 1 });
    expect(verify(exportOf(chain, at(80))).faults).toHaveLength(1);
  });
});

describe('what an export says of itself', () => {
  it('names an entry whose id is of another moment, or of one after its seal', () => {
    const chain = build([{ gap: 5, counts: [1, 1, 1] }]);
    const forged = { ...entryAt(rootId, 60, 1), at: at(1) };
    chain.rows.push(forged);
    expect(verify(exportOf(chain, at(61))).faults.map(({ what }) => what)).toEqual([
      'its id is of another moment than it says',
    ]);
    const soon = emptyChain();
    sealAt(soon, [entryAt(rootId, 60, 1)], 5);
    expect(verify(exportOf(soon, at(90))).faults.map(({ what }) => what)).toEqual([
      'it was sealed before the moment that its id says',
    ]);
  });

  it('takes none of the future for young', () => {
    const chain = build([{ gap: 5, counts: [1, 1, 1] }]);
    chain.rows.push(entryAt(rootId, 600, 1));
    expect(verify(exportOf(chain, at(70)))).toMatchObject({ young: 0, faults: [{}] });
  });

  it('counts what was sealed more than a day after what it says of itself', () => {
    const chain = build([{ gap: 5, counts: [1, 1, 1] }]);
    sealAt(chain, [entryAt(rootId, 10, 1)], 2 * day);
    expect(verify(exportOf(chain, later))).toMatchObject({ faults: [], late: 1 });
  });

  it('hides nothing from who may see all', () => {
    tried((lines, seed) => {
      const [head] = lines;
      const row = pick(lines.filter(isRow), seed);
      if (head?.kind !== 'export' || !head.whole) return undefined;
      row.unseen = null;
      return { lines, named: new RegExp(`entry ${row.entry.id}: it is shown in part`) };
    });
  });

  it('is of whom its head says', () => {
    tried((lines) => {
      const [head] = lines;
      if (head?.kind !== 'export') return undefined;
      head.nodeId = `cus_${'0'.repeat(25)}9`;
      return { lines, named: /^export: it says that it is/ };
    });
  });
});

describe('seals', () => {
  const changes: [string, (seal: SealLine) => void][] = [
    [
      'time',
      (seal) => {
        seal.at = at(2);
      },
    ],
    [
      'tree',
      (seal) => {
        seal.tree = seal.prev;
      },
    ],
    [
      'predecessor',
      (seal) => {
        seal.prev = seal.tree;
      },
    ],
    [
      'hash',
      (seal) => {
        seal.hash = seal.tree;
      },
    ],
  ];
  it.each(changes)('with another %s are named', (_, change) => {
    tried((lines, seed) => {
      const seal = pick(lines.filter(isSeal), seed);
      change(seal);
      return { lines, named: new RegExp(`seal ${seal.seq}: it was changed`) };
    });
  });

  const parts: [string, (part: SealLine['parts'][number]) => void][] = [
    [
      'another number',
      (part) => {
        part.number += 100;
      },
    ],
    [
      'another running number',
      (part) => {
        part.first += 1;
      },
    ],
    [
      'another predecessor',
      (part) => {
        part.prev = `${part.hash}x`;
      },
    ],
    [
      'another hash',
      (part) => {
        part.hash = `${part.hash}x`;
      },
    ],
    [
      'an entry less',
      (part) => {
        part.rows.pop();
      },
    ],
    [
      'an entry more',
      (part) => {
        part.rows.push(['aud_Z', 'hash']);
      },
    ],
    [
      'another hash of an entry',
      (part) => {
        (part.rows[0] as string[])[1] = 'other';
      },
    ],
  ];
  it.each(parts)('with a part that has %s are named', (_, change) => {
    tried((lines, seed) => {
      const seal = pick(lines.filter(isSeal), seed);
      const part = pick(seal.parts, seed);
      change(part);
      return {
        lines,
        named: new RegExp(`${part.nodeId} part ${part.number}: it was changed.*seal ${seal.seq}\\)`),
      };
    });
  });

  it('with a part that was made anew, but is none of the seal’s, are named', () => {
    tried((lines, seed) => {
      const seal = pick(lines.filter(isSeal), seed);
      const part = pick(seal.parts, seed);
      part.rows.push(['aud_Z', 'forged']);
      part.hash = partHash(part, seal);
      const own = `${part.nodeId} part ${part.number}: it is no part of`;
      return {
        lines,
        named: new RegExp(`${own}|seal ${seal.seq}: its parts are not those that it was made of`),
      };
    });
  });

  it('deleted, moved and told twice are named', () => {
    tried((lines, seed) => {
      const seals = lines.filter(isSeal);
      const index = lines.indexOf(seals[seed % (seals.length - 1)] as SealLine);
      const [one, next] = [lines[index] as SealLine, lines[index + 1] as SealLine];
      expect(faultsOf(lines.toSpliced(index, 2, next, one))).toContainEqual(
        expect.stringMatching(`seal ${one.seq}: it was reordered: it stands behind .*seal ${next.seq}`),
      );
      expect(faultsOf(lines.toSpliced(index, 0, one))).toContainEqual(
        expect.stringMatching(`seal ${one.seq}: it stands there twice`),
      );
      const part = one.parts[0];
      const named = new RegExp(
        `(seal ${one.seq}|${part?.nodeId} part ${part?.number}): it (is|and all up to .* are) missing`,
      );
      return { lines: lines.toSpliced(index, 1), named };
    });
  });

  it('cut off at the end are named by the anchors, with the entries that were in them', () => {
    tried((lines, seed) => {
      const seals = lines.filter(isSeal);
      const gone = seals.slice(seed % seals.length);
      const ids = gone.flatMap(({ parts: own }) => own.flatMap(({ rows }) => rows.map(([id]) => id)));
      const left = lines.filter((one) => {
        if (isSeal(one)) return !gone.includes(one);
        return !(isRow(one) && ids.includes(one.entry.id));
      });
      return { lines: left, named: /is missing: the .* anchor of .* holds it/ };
    });
  });
});

describe('who may write the table and seals everything anew', () => {
  const forgeries: [string, (chain: Chain, seed: number) => void][] = [
    [
      'an overwritten entry',
      (chain, seed) => {
        const part = pick(chain.parts, seed);
        (part.rows[0] as [string, string])[1] = 'forged';
      },
    ],
    [
      'a deleted entry',
      (chain, seed) =>
        void pick(
          chain.parts.filter(({ rows }) => rows.length > 1),
          seed,
        ).rows.pop(),
    ],
    [
      'an added entry',
      (chain, seed) => {
        pick(chain.parts, seed).rows.push(['aud_ZZ', 'forged']);
      },
    ],
  ];
  it.each(forgeries)('%s: unseen without anchors, named with them', (_, forge) => {
    fc.assert(
      fc.property(full, fc.nat(), (chain, seed) => {
        const anchors = anchorsOf(chain);
        forge(chain, seed);
        reseal(chain);
        const seals = exportOf(chain, later).filter((one) => !isRow(one));
        expect(faultsOf(seals).filter((one) => / (seal|part) /.test(one.split(': ')[0] ?? ''))).toEqual([]);
        expect(faultsOf(seals, anchors)).toContainEqual(expect.stringMatching(/seal \d+: it was made anew/));
      }),
      { numRuns: runs },
    );
  });

  it('cannot hide an anchor between two others', () => {
    const chain = build(Array.from({ length: 4 }, () => ({ gap: day, counts: [1, 1, 1] })));
    const [first, , ...rest] = anchorsOf(chain);
    expect(faultsOf(exportOf(chain, later), [first as Anchor, ...rest])).toEqual([
      expect.stringMatching(/anchor of .*: an anchor is missing before it: of seals 2 to 2/),
    ]);
  });
});
