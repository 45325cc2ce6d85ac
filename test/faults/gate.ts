import { as, type Process } from '../kit/weather.ts';

/** What one of two actors does next at the store: calls that it makes together are one step. */
export interface Step {
  readonly actor: number;
  readonly reads: boolean;
}

/** Says who goes on, of those who wait. */
export type Choose = (waiting: readonly Step[]) => number;

interface Waiting {
  readonly read: boolean;
  readonly go: () => void;
}

const graceMs = 5;
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * Runs several at once so that one step at the store is made at a time, whose is for `choose` to say. Who sleeps or
 * stands in a lane behind another is not waited for while somebody can go on.
 */
export async function interleave<T>(
  actors: readonly (() => Promise<T>)[],
  choose: Choose,
): Promise<PromiseSettledResult<T>[]> {
  const waiting = actors.map((): Waiting[] => []);
  const ended = actors.map(() => false);
  let running = 0;
  let wake = () => {};
  const gateOf = (actor: number): NonNullable<Process['gate']> => {
    return async ({ read }) => {
      await new Promise<void>((go) => {
        waiting[actor]?.push({ read, go });
        wake();
      });
      running++;
      return () => {
        running--;
        wake();
      };
    };
  };
  const all = actors.map(async (run, actor) => {
    const { result } = await as({ gate: gateOf(actor) }, run);
    ended[actor] = true;
    wake();
    return result;
  });
  const heard = () => new Promise<void>((resolve) => (wake = resolve));
  const atGate = () => waiting.flatMap((some, actor) => (some.length > 0 ? [actor] : []));
  const settled = () => ended.every((end, actor) => end || (waiting[actor]?.length ?? 0) > 0);
  while (ended.includes(false)) {
    if (running > 0) {
      await heard();
      continue;
    }
    for (let times = 0; times < 3 && !settled(); times++) await turn();
    if (running === 0 && !settled())
      await Promise.race([heard(), ...(atGate().length > 0 ? [sleep(graceMs)] : [])]);
    for (let times = 0; times < 3; times++) await turn();
    if (running > 0 || atGate().length === 0) continue;
    const steps = atGate().map((actor) => ({
      actor,
      reads: (waiting[actor] ?? []).every(({ read }) => read),
    }));
    const chosen = choose(steps);
    for (const { go } of waiting[chosen]?.splice(0) ?? []) go();
    await turn();
  }
  return Promise.all(all);
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

type Asleep = ReadonlyMap<number, Step>;
const independent = (one: Step, other: Step) => one.reads && other.reads;

interface Branch {
  readonly prefix: readonly number[];
  /** Who is not to go on before somebody else has done what matters to it: that order was tried. */
  readonly asleep: Asleep;
}

/** Whether all orders were tried, how many that were, and how many runs it took. */
export interface Tried {
  orders: number;
  runs: number;
  complete: boolean;
}

/**
 * Tries the orders of steps that are distinct: neighbouring reads of two actors are the same either way round (sleep
 * sets). Each run begins on ground of its own.
 */
export async function everyOrder(
  run: (choose: Choose, order: readonly number[]) => Promise<void>,
  most: number,
): Promise<Tried> {
  const open: Branch[] = [{ prefix: [], asleep: new Map() }];
  const tried: Tried = { orders: 0, runs: 0, complete: true };
  for (let branch = open.pop(); branch; branch = open.pop()) {
    if (tried.runs >= most) return { ...tried, complete: false };
    const { prefix } = branch;
    const order: number[] = [];
    let asleep: Asleep = prefix.length === 0 ? branch.asleep : new Map();
    let redundant = false;
    await run((steps) => {
      const planned = prefix[order.length];
      const awake = steps.filter(({ actor }) => !asleep.has(actor));
      if (planned === undefined && awake.length === 0) redundant = true;
      const free = awake.length > 0 ? awake : steps;
      const step = steps.find(({ actor }) => actor === planned) ?? (free[0] as Step);
      if (planned === undefined && !redundant)
        for (const other of awake.slice(1))
          open.push({
            prefix: [...order, other.actor],
            asleep: rest([...asleep.values(), step], other),
          });
      order.push(step.actor);
      asleep = order.length === prefix.length ? branch.asleep : rest([...asleep.values()], step);
      return step.actor;
    }, order);
    tried.runs++;
    if (!redundant) tried.orders++;
  }
  return tried;
}

const rest = (steps: readonly Step[], done: Step): Asleep =>
  new Map(steps.filter((one) => independent(one, done)).map((one) => [one.actor, one]));
