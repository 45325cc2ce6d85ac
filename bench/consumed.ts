import type { Meter } from '../infra/local/proxy.ts';

/** What calls of the table took, as the engine says it. */
export interface Consumed {
  readonly calls: number;
  readonly read: number;
  readonly write: number;
  readonly index: number;
  /** Rows that queries answered. */
  readonly rows: number;
  /** The most calls of one kind, by name. */
  readonly kinds: Readonly<Record<string, number>>;
}

interface Capacity {
  readonly CapacityUnits?: number;
  readonly Table?: { readonly CapacityUnits?: number };
  readonly GlobalSecondaryIndexes?: Readonly<Record<string, { readonly CapacityUnits?: number }>>;
}

/** Adds up what functions take of the table, each by itself, from one reading to the next. */
export class Ledger {
  private readonly taken = new Map<string, Consumed>();

  readonly meter: Meter = ({ functionId, operation, output }) => {
    const { calls, read, write, index, rows, kinds } = this.taken.get(functionId) ?? nothing;
    const all = [output.ConsumedCapacity ?? []].flat() as Capacity[];
    const units = sum(all.map((one) => one.CapacityUnits));
    const inIndexes = sum(
      all.flatMap((one) =>
        Object.values(one.GlobalSecondaryIndexes ?? {}).map((index) => index.CapacityUnits),
      ),
    );
    const writes = /Put|Update|Delete|Write/.test(operation);
    this.taken.set(functionId, {
      calls: calls + 1,
      read: read + (writes ? 0 : units),
      write: write + (writes ? units - inIndexes : 0),
      index: index + (writes ? inIndexes : 0),
      rows: rows + (operation === 'Query' ? (output.Count ?? 0) : 0),
      kinds: { ...kinds, [operation]: (kinds[operation] ?? 0) + 1 },
    });
  };

  /** What functions whose id begins so have taken since they were asked for last. */
  take(functions: string): Consumed {
    let total = nothing;
    for (const [id, one] of this.taken) {
      if (!id.startsWith(functions)) continue;
      this.taken.delete(id);
      total = {
        calls: total.calls + one.calls,
        read: total.read + one.read,
        write: total.write + one.write,
        index: total.index + one.index,
        rows: total.rows + one.rows,
        kinds: { ...total.kinds, ...one.kinds },
      };
    }
    return total;
  }
}

const nothing: Consumed = { calls: 0, read: 0, write: 0, index: 0, rows: 0, kinds: {} };
const sum = (values: readonly (number | undefined)[]) =>
  values.reduce<number>((all, one) => all + (one ?? 0), 0);
