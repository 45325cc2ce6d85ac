import { describe, expect, it } from 'vitest';
import type { Stored } from '../../infra/fsck/check.ts';
import { violations } from '../../infra/fsck/examine.ts';
import { sealKey, sealPartKey } from '../../lib/kit/keys.ts';
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
      'one that was deleted',
      changed(items, without(row)),
      `seals: ${two} ${row.id}: it was deleted: ${provider} seal 1`,
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
