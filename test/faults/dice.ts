/** A generator whose every throw follows from its seed. */
export interface Dice {
  readonly random: () => number;
  /** A whole number below `count`. */
  readonly below: (count: number) => number;
  readonly one: <T>(list: readonly T[]) => T;
  readonly chance: (probability: number) => boolean;
  readonly shuffle: <T>(list: readonly T[]) => T[];
}

export function diceOf(seed: number): Dice {
  let state = (Math.imul(seed, 2_654_435_761) ^ 0x9e3779b9) >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count: number) => Math.floor(random() * count);
  return {
    random,
    below,
    one: (list) => list[below(list.length)] as never,
    chance: (probability) => random() < probability,
    shuffle: (list) => {
      const out = [...list];
      for (let at = out.length - 1; at > 0; at--) {
        const other = below(at + 1);
        [out[at], out[other]] = [out[other] as never, out[at] as never];
      }
      return out;
    },
  };
}

/** Draws the cards in any order, each once before any comes again: how often each comes is no matter of luck. */
export function deckOf<T>(dice: Dice, cards: readonly T[]): () => T {
  let left: T[] = [];
  return () => {
    if (left.length === 0) left = dice.shuffle(cards);
    return left.pop() as T;
  };
}
