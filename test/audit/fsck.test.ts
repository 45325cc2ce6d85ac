import { describe, expect, it } from 'vitest';
import type { Stored } from '../../infra/fsck/check.ts';
import { violations } from '../../infra/fsck/examine.ts';
import { anchorOf } from '../../lib/audit/anchor.ts';
import { type StoredSeal, toSeal } from '../../lib/audit/seal.ts';
import { anchorDueKey, sealKey, sealPartKey } from '../../lib/kit/keys.ts';
import { changed, edit, linesOf, without } from '../infra/breaking.ts';
import { emptyChain, entryAt, nodeIds, sealAt } from './chain.ts';

const [provider = '', one = '', two = ''] = nodeIds;

/** Three seals, as a table holds them with what they seal, and an entry that is older than all of them. */
function table(): Stored[] {
  const chain = emptyChain();
  for (const minutes of [10, 20, 30])
    sealAt(
      chain,
      [entryAt(provider, minutes), entryAt(one, minutes, 1), entryAt(two, minutes, 2)],
      minutes + 3,
    );
  return [
    ...[...chain.rows, entryAt(one, 5)],
    ...chain.seals.map((seal) => ({ ...sealKey(seal.rootId, seal.seq), kind: 'seal', ...seal })),
    ...chain.parts.map((part) => ({ ...sealPartKey(part.nodeId, part.number), kind: 'sealPart', ...part })),
  ];
}

const items = table();
const told = async (some: readonly Stored[]) =>
  linesOf((await violations(some)).filter(({ invariant }) => invariant === 'seals'));
const row = items.find(({ kind, subject }) => kind === 'audit' && subject === two) as Stored;
const part = items.find(
  ({ kind, nodeId, number }) => kind === 'sealPart' && nodeId === one && number === 2,
) as Stored;
const seal = items.find(({ kind, seq }) => kind === 'seal' && seq === 2) as Stored;
const place = ({ PK, SK }: Stored) => `${PK} ${SK}`;

describe('the check of seals', () => {
  it('finds nothing where nothing is wrong, entries from before the first seal included', async () => {
    expect(await told(items)).toEqual([]);
  });

  it.each<[string, Stored[], string]>([
    [
      'an entry that was overwritten',
      changed(items, edit(row, { reason: 'other' })),
      `seals: ${place(row)}: it was overwritten`,
    ],
    [
      'one of which something was changed that nobody sees',
      changed(items, edit(row, { path: 'plt' })),
      `seals: ${place(row)}: it was overwritten`,
    ],
    [
      'one that was overwritten with what nobody can read',
      changed(items, edit(row, { ev: '{' })),
      `seals: ${place(row)}: it was overwritten`,
    ],
    [
      'one that was deleted',
      changed(items, without(row)),
      `seals: ${two} ${row.id}: it was deleted: it stands in ${provider} seal 1`,
    ],
    ['one that was added', [...items, entryAt(two, 25, 9)], 'it was added, or never reached the seals'],
    [
      'a part that was changed',
      changed(items, edit(part, { first: 5 })),
      `seals: ${place(part)}: it does not hash`,
    ],
    [
      'a part that was deleted',
      changed(items, without(part)),
      `seals: ${place(seal)}: its part ${one} number 2 is not there`,
    ],
    [
      'a seal that was changed',
      changed(items, edit(seal, { at: 'x' })),
      `seals: ${place(seal)}: it does not hash`,
    ],
    [
      'a seal that was deleted',
      changed(items, without(seal)),
      'S#0000000003: the seal before is not the one',
    ],
    [
      'a seal that cannot be read',
      changed(items, edit(seal, { nodes: 1 })),
      `seals: ${place(seal)}: it cannot be read`,
    ],
  ])('names %s', async (_, broken, line) => {
    expect((await told(broken)).filter((one) => one.includes(line))).toHaveLength(1);
  });
});

describe('what is gone whole', () => {
  const isSeal = ({ kind }: Stored) => kind === 'seal' || kind === 'sealPart';
  const other = 'prv_another';
  /** Another root was sealed before, so that there was sealing when all of this happened. */
  const house = (() => {
    const chain = emptyChain(other);
    sealAt(chain, [{ ...entryAt(other, 1), G1: `T#${other}#AUDIT` }], 2);
    return [
      ...chain.rows,
      ...chain.seals.map((one) => ({ ...sealKey(one.rootId, one.seq), kind: 'seal', ...one })),
      ...chain.parts.map((one) => ({ ...sealPartKey(one.nodeId, one.number), kind: 'sealPart', ...one })),
    ];
  })();
  const seals = items.filter(({ kind }) => kind === 'seal').map(toSeal);
  const [first, ...more] = seals as [StoredSeal, ...StoredSeal[]];
  const anchors = [anchorOf('2026-01-01', [first, ...more])];
  const withAnchors = async (some: readonly Stored[]) =>
    linesOf((await violations(some, {}, anchors)).filter(({ invariant }) => invariant === 'seals'));

  it('is nothing where all is there', async () => {
    const sealed = items.filter(({ id }) => id !== entryAt(one, 5).id);
    expect(await withAnchors([...house, ...sealed])).toEqual([]);
  });

  it('a root of which all seals and parts are gone is named once, with anchors and without', async () => {
    const bare = [...house, ...items.filter((item) => !isSeal(item))];
    const named = `seals: ${provider}: none of its seals is there`;
    expect(await told(bare)).toEqual([`${named}, though what is done is sealed within minutes`]);
    expect(await withAnchors(bare)).toContain(`${named}: the anchor of 2026-01-01 holds them up to 3`);
  });

  it('seals that parts, or days to be anchored, speak of are named', async () => {
    const parts = items.filter(({ kind }) => kind !== 'seal');
    expect(await told(parts)).toEqual(
      expect.arrayContaining(
        [1, 2, 3].map((seq) => `seals: ${provider} seal ${seq}: it is not there, though others speak of it`),
      ),
    );
    const due = { day: '2026-01-01', rootId: provider, from: 1 };
    const noted = { ...anchorDueKey(due), kind: 'anchorDue', ...due };
    expect(await told([noted])).toEqual([
      `seals: ${provider} seal 1: it is not there, though others speak of it`,
    ]);
  });

  it('a tail that was cut off with all that it held is named by anchors, as is one that was made anew', async () => {
    const cut = items.filter(
      ({ kind, seq, id }) =>
        !(['seal', 'sealPart'].includes(String(kind)) && Number(seq) > 1) &&
        !(kind === 'audit' && String(id) > String(row.id)),
    );
    expect(await told(cut)).toEqual([]);
    expect(await withAnchors(cut)).toEqual([
      `seals: ${provider} seal 2: it and all up to 3 are missing: the anchor of 2026-01-01 holds them`,
    ]);
    const forged = { ...seal, hash: 'other' };
    expect(await withAnchors([...cut, forged])).toContain(
      `seals: ${provider} seal 2: it was made anew: the anchor of 2026-01-01 holds another`,
    );
  });
});
