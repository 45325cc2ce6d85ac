import { randomUUID } from 'node:crypto';
import { newId } from '../../lib/aws/world.ts';
import { type Attempt, as, count, type Storm, storms } from '../kit/weather.ts';
import { type Answer, attempt, type Caller } from '../kit/world.ts';
import { type Dice, diceOf } from './dice.ts';
import type { Family, Opening } from './family.ts';
import { type Heard, type Op, Reference, type Which } from './reference.ts';

const skewMs = 5 * 60_000;
const perAttempt = 0.16;

/** What a schedule begins with. */
export function openingsOf(dice: Dice): { parent: Opening; child: Opening } {
  const one = (most: number): Opening => ({
    balance: 1 + dice.below(most),
    alertLimit: dice.one([null, 20, 50]),
    blockBelowZero: dice.chance(0.5),
  });
  return { parent: one(60), child: one(100) };
}

/** A request as it is sent, as often as needed under the same key. */
interface Request {
  readonly op: Op;
  readonly line: string;
  readonly body: Record<string, unknown>;
  readonly key: string | undefined;
}

/** A short run of requests for one family's ledgers, of which every attempt at the store may meet something. */
export class Schedule {
  readonly seed: number;
  readonly reference: Reference;
  calls = 0;
  /** Changes of entries that were there, and entries that could have been written over. */
  changed = 0;
  private readonly dice: Dice;
  private readonly family: Family;
  private readonly caller: Caller;
  private readonly answered = new Map<string, { request: Request; body: unknown; entryId: string }>();
  private sent = 0;
  private skew = 0;

  constructor(of: {
    seed: number;
    dice: Dice;
    family: Family;
    openings: Record<Which, Opening>;
    as: Caller;
  }) {
    const { parent, child } = of.openings;
    this.seed = of.seed;
    this.dice = of.dice;
    this.family = of.family;
    this.caller = of.as;
    this.reference = new Reference(
      { parent: parent.balance, child: child.balance },
      { blocked: { parent: parent.blockBelowZero, child: child.blockBelowZero } },
    );
  }

  async play(): Promise<void> {
    const { dice } = this;
    for (let left = dice.chance(0.75) ? 1 : 2; left > 0; left--) {
      const one = this.request();
      if (dice.chance(0.25)) {
        const other = dice.chance(0.4) ? one : this.request();
        const [first, second] = await Promise.all([this.send(one), this.send(other)]);
        this.reference.heard({ op: one.op, heard: first }, { op: other.op, heard: second });
        continue;
      }
      const heard = await this.send(one);
      this.reference.heard({ op: one.op, heard });
      if (heard === 'unknown' || dice.chance(0.08))
        this.reference.heard({ op: one.op, heard: await this.send(one) });
    }
    if (dice.chance(0.04)) await this.misuse();
  }

  private request(): Request {
    const { dice } = this;
    const tag = `${this.seed}.${++this.sent}`;
    const debits = [...this.answered].filter(([, { request }]) => request.op.what === 'debit');
    const wished = dice.one(['debit', 'debit', 'grant', 'adjust', 'refund', 'refund', 'transfer'] as const);
    const what = wished === 'refund' && debits.length === 0 ? 'debit' : wished;
    const amount = 1 + dice.below(60);
    const ledger: Which = what === 'transfer' || dice.chance(0.7) ? 'child' : 'parent';
    const said = { amount, reason: tag };
    const at = (which: Which, doing: string) => `POST /v1/customers/${this.family[which]}/credits/${doing}`;
    const key = randomUUID();
    const plain = (doing: string) => ({ line: at(ledger, doing), body: said, key });
    if (what === 'refund') {
      const [of, { request, entryId }] = dice.one(debits);
      const op = { ...request.op, tag, what, of } as const;
      return { op, line: at(op.ledger, 'refunds'), body: { entryId, reason: tag }, key };
    }
    const op: Op = { tag, what, ledger, amount };
    if (what === 'grant') return { op, ...plain('grants') };
    if (what === 'transfer') return { op, ...plain('transfers') };
    if (what === 'adjust') {
      const signed = dice.chance(0.5) ? amount : -amount;
      return { op: { ...op, amount: signed }, ...plain('adjustments'), body: { ...said, amount: signed } };
    }
    // Made by a clock that is behind ours, whatever ours says.
    const requestId = newId('request', Date.now() - 2 * skewMs);
    const own = dice.chance(0.5);
    return { op, ...plain('debits'), ...(own ? { body: { ...said, requestId }, key: undefined } : {}) };
  }

  private async send({ op, line, body, key }: Request): Promise<Heard> {
    this.calls++;
    const skew = this.dice.one([0, 0, 0, 0, skewMs, -skewMs]);
    if (skew !== 0) count('clock skew');
    if (skew < this.skew) count('clock set back');
    this.skew = skew;
    const dice = diceOf(this.seed * 31 + this.calls);
    const { dead, result } = await as(
      {
        skewMs: skew,
        meets: (one) => (dice.chance(perAttempt) ? stormFor(one, dice) : undefined),
        wrote: (one) => this.watch(one),
      },
      () => attempt(line, { as: this.caller, body, ...(key === undefined ? {} : { key }) }),
    );
    if (dead) return 'unknown';
    if (result.status === 'rejected') throw result.reason;
    return this.read({ op, line, body, key }, result.value);
  }

  private read(request: Request, { status, body }: Answer): Heard {
    if (status === 503 || body.code === 'request.contended') return 'unknown';
    if (status !== 201) return { refused: body.code };
    const before = this.answered.get(request.op.tag);
    if (before && JSON.stringify(before.body) !== JSON.stringify(body))
      throw new Error(
        `${request.op.tag} was answered otherwise before: ${JSON.stringify([before.body, body])}`,
      );
    this.answered.set(request.op.tag, { request, body, entryId: body.entryId });
    return { balance: body.balanceAfter };
  }

  /** The same key for something else is refused, whatever else happens. */
  private async misuse(): Promise<void> {
    const [one] = [...this.answered.values()];
    if (!one || one.request.op.what === 'refund') return;
    this.calls++;
    const { line, body, key } = one.request;
    const more = { ...body, amount: Number(body.amount) + 1000 };
    const { status } = await attempt(line, { as: this.caller, body: more, ...(key ? { key } : {}) });
    if (status !== 422) throw new Error(`Another request under the key of ${one.request.op.tag}: ${status}`);
  }

  private watch({ operation, input }: Attempt): void {
    interface Put {
      Item?: { PK?: { S: string } };
      ConditionExpression?: string;
    }
    const all = (input.TransactItems as { Put?: Put; Update?: Put; Delete?: Put }[] | undefined) ?? [
      operation === 'PutItem' ? { Put: input as Put } : { Update: input as Put },
    ];
    for (const { Put: put, Update, Delete } of all) {
      const at =
        put?.Item ?? (Update as { Key?: Put['Item'] })?.Key ?? (Delete as { Key?: Put['Item'] })?.Key;
      if (!at?.PK?.S.endsWith('#ENTRY')) continue;
      if (!put?.ConditionExpression?.includes('attribute_not_exists')) this.changed++;
    }
  }
}

/** Some storm that this attempt can meet. */
export function stormFor({ read }: Attempt, dice: Dice): Storm {
  return dice.one(storms.filter((one) => !(read && one === 'conflict')));
}
