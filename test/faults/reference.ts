/** One thing that somebody asks of a ledger, under a key of its own. */
export interface Op {
  /** Stands in the entry as its reason: which request an entry is of. */
  readonly tag: string;
  readonly what: 'grant' | 'debit' | 'adjust' | 'refund' | 'transfer';
  readonly ledger: Which;
  /** Of an adjustment signed. */
  readonly amount: number;
  /** The debit that a refund gives back. */
  readonly of?: string;
}
export type Which = 'parent' | 'child';

/** What came back. `unknown`: no answer, or one that leaves open what was done. */
export type Heard = { readonly balance: number } | { readonly refused: string } | 'unknown';

/** What may be: the balances, and what was done, with the balance that each was answered. */
export interface World {
  readonly balance: Readonly<Record<Which, number>>;
  readonly done: Readonly<Record<string, number>>;
}

export interface Rules {
  readonly blocked: Readonly<Record<Which, boolean>>;
}

/** What one request does in one world, by the words of the semantics: the world after it and the answer. */
function serve(world: World, op: Op, { blocked }: Rules): { world: World; said: Exclude<Heard, 'unknown'> } {
  const before = world.done[op.tag];
  if (before !== undefined) return { world, said: { balance: before } };
  const refuse = (refused: string) => ({ world, said: { refused } });
  const own = world.balance[op.ledger];
  if (op.what === 'debit' && blocked[op.ledger] && own < op.amount) return refuse('credits.insufficient');
  if (op.what === 'transfer' && op.amount > Math.max(0, world.balance.parent))
    return refuse('credits.transfer_exceeds');
  if (op.what === 'refund' && world.done[`refund of ${op.of}`] !== undefined)
    return refuse('credits.already_refunded');
  const after = own + (op.what === 'debit' ? -op.amount : op.amount);
  const balance = {
    ...world.balance,
    ...(op.what === 'transfer' ? { parent: world.balance.parent - op.amount } : {}),
    [op.ledger]: after,
  };
  const done = {
    ...world.done,
    [op.tag]: after,
    ...(op.what === 'refund' ? { [`refund of ${op.of}`]: after } : {}),
  };
  return { world: { balance, done }, said: { balance: after } };
}

const nameOf = ({ done }: World) =>
  Object.keys(done)
    .sort()
    .map((tag) => `${tag}=${done[tag]}`)
    .join();

const distinct = (worlds: readonly World[]) => [
  ...new Map(worlds.map((world) => [nameOf(world), world])).values(),
];

function hear(worlds: readonly World[], op: Op, heard: Heard, rules: Rules): World[] {
  return worlds.flatMap((world) => {
    const { world: after, said } = serve(world, op, rules);
    if (heard === 'unknown') return after === world ? [world] : [world, after];
    return JSON.stringify(said) === JSON.stringify(heard) ? [after] : [];
  });
}

/**
 * The ledgers of one family as whoever sends requests may know them: every world that explains all answers so far.
 * Knows nothing of how the product does it.
 */
export class Reference {
  worlds: World[];
  readonly rules: Rules;
  readonly sent = new Map<string, Op>();

  constructor(balance: World['balance'], rules: Rules) {
    this.worlds = [{ balance, done: {} }];
    this.rules = rules;
  }

  /** What answers requests that were sent at once, or one alone; throws where no order of them explains it. */
  heard(...all: readonly { readonly op: Op; readonly heard: Heard }[]): void {
    for (const { op } of all) this.sent.set(op.tag, op);
    const orders = all.length === 2 ? [all, all.toReversed()] : [all];
    const next = orders.flatMap((order) =>
      order.reduce((worlds, { op, heard }) => hear(worlds, op, heard, this.rules), this.worlds),
    );
    if (next.length === 0)
      throw new Error(`No order explains ${JSON.stringify(all)} after ${JSON.stringify(this.worlds)}`);
    this.worlds = distinct(next);
  }

  /** Whether something was surely done, surely not, or may have been. */
  knows(tag: string): boolean | undefined {
    const [first, ...others] = this.worlds.map(({ done }) => done[tag] !== undefined);
    return others.every((one) => one === first) ? first : undefined;
  }
}
