import { type Check, covered, type Stored, type Tell, type Watch } from './check.ts';

const nameOf = (rootId: unknown, seq: unknown) => `${rootId} seal ${seq}`;

/** The seal that an item speaks of: one that it is part of, or with which a day began that is to be anchored. */
function spokenOf({ kind, rootId, seq, from }: Stored): string | undefined {
  if (kind === 'sealPart') return nameOf(rootId, seq);
  return kind === 'anchorDue' ? nameOf(rootId, from) : undefined;
}

/** Seals that others speak of are there. */
export const lostSeals: Check = (_known, tell) => {
  const seals = covered(2 ** 22);
  return {
    see: (item) => {
      if (item.kind === 'seal') seals.have(nameOf(item.rootId, item.seq));
      const spoken = spokenOf(item);
      if (spoken !== undefined) seals.need(spoken);
    },
    again: () => (seals.isWhole() ? undefined : suspects(seals.isSuspect, tell)),
  };
};

function suspects(isSuspect: (name: string) => boolean, tell: Tell): Watch {
  const wanted = new Set<string>();
  const there = new Set<string>();
  return {
    see: (item) => {
      const name = item.kind === 'seal' ? nameOf(item.rootId, item.seq) : spokenOf(item);
      if (name !== undefined && isSuspect(name)) (item.kind === 'seal' ? there : wanted).add(name);
    },
    end: () => {
      for (const name of wanted)
        if (!there.has(name)) tell(name, 'it is not there, though others speak of it');
    },
  };
}
