import { balance, type Check, type Stored, type Watch } from './check.ts';
import type { Skeleton } from './skeleton.ts';

/** A pair of things that belong together, as one of the two says it. */
export interface Half {
  readonly name: string;
  readonly side: 1 | -1;
  readonly times: number;
}

/** What the one side says must be what the other side says. `wrong` tells it, by how much the first says more. */
export function paired(
  halvesOf: (item: Stored, known: Skeleton) => readonly Half[],
  wrong: (name: string, more: number) => readonly [where: string, what: string],
): Check {
  return (known, tell) => {
    const sums = balance();
    const closer = (): Watch => {
      const off = new Map<string, number>();
      return {
        see: (item) => {
          for (const { name, side, times } of halvesOf(item, known))
            if (sums.isSuspect(name)) off.set(name, (off.get(name) ?? 0) + side * times);
        },
        end: () => {
          for (const [name, more] of off) if (more !== 0) tell(...wrong(name, more));
        },
      };
    };
    return {
      see: (item) => {
        for (const { name, side, times } of halvesOf(item, known))
          for (let time = 0; time < times; time++) sums.put(name, side);
      },
      again: () => (sums.isEven() ? undefined : closer()),
    };
  };
}
