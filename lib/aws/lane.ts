const tails = new Map<string, Promise<unknown>>();

/**
 * Does `work` after everything that stood in the same lane of this process before it, whatever became of that: who
 * has lost a race queues behind the others who have, instead of racing them again. Other processes know nothing of it.
 */
export function inLane<T>(lane: string, work: () => Promise<T>): Promise<T> {
  const turn = (tails.get(lane) ?? Promise.resolve()).then(work);
  const tail = turn
    .catch(() => undefined)
    .finally(() => {
      if (tails.get(lane) === tail) tails.delete(lane);
    });
  tails.set(lane, tail);
  return turn;
}
