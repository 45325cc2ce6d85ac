const most = 60;

export interface Thing {
  readonly type: string;
  readonly externalId: string;
  readonly name?: string;
  readonly gone?: boolean;
}

interface Kept {
  managed: boolean;
  /** False where people stopped it: it does not wait. */
  waits: boolean;
}

/** One customer by the words of the contract alone: nothing of the product is used. */
export interface Account {
  /** null: it shares the pool. */
  readonly limit: number | null;
  used: number;
  readonly items: Map<string, Kept>;
  /** Thresholds that have fired. */
  readonly fired: Set<number>;
  readonly notices: string[];
}

export const thresholds = [80, 100];
const rearm = 5;

/** The provider’s licences of the one type that is counted, and its customers. */
export class Reference {
  readonly licensed: number;
  readonly accounts = new Map<string, Account>();

  constructor(licensed: number) {
    this.licensed = licensed;
  }

  open(customerId: string, limit: number | null): void {
    this.accounts.set(customerId, { limit, used: 0, items: new Map(), fired: new Set(), notices: [] });
  }

  of(customerId: string): Account {
    const found = this.accounts.get(customerId);
    if (!found) throw new Error('no such account');
    return found;
  }

  free(): number {
    return [...this.accounts.values()].reduce(
      (left, { limit, used }) => left - (limit ?? used),
      this.licensed,
    );
  }

  private hasRoom({ limit, used }: Account): boolean {
    return limit === null ? this.free() > 0 : used < limit;
  }

  /** One part of a report: item by item; people are told once, of where it ends. */
  part(customerId: string, probeId: string, report: { items: readonly Thing[]; part: number }): void {
    const account = this.of(customerId);
    for (const { type, externalId, gone } of report.items.slice(
      report.part * most,
      (report.part + 1) * most,
    )) {
      const name = `${probeId} ${type} ${externalId}`;
      const known = account.items.get(name);
      if (gone) {
        account.items.delete(name);
        if (known?.managed) account.used--;
      } else if (!known) {
        const managed = this.hasRoom(account);
        account.items.set(name, { managed, waits: !managed });
        if (managed) account.used++;
      }
    }
    this.tell(account);
  }

  unmanage(customerId: string, name: string): void {
    const account = this.of(customerId);
    const item = account.items.get(name);
    if (item?.managed) {
      account.items.set(name, { managed: false, waits: false });
      account.used--;
    }
    this.tell(account);
  }

  manage(customerId: string, name: string): void {
    const account = this.of(customerId);
    if (account.items.get(name)?.managed) return;
    const managed = this.hasRoom(account);
    account.items.set(name, { managed, waits: !managed });
    if (managed) account.used++;
    this.tell(account);
  }

  forget(customerId: string, names: readonly string[]): void {
    const account = this.of(customerId);
    for (const name of names) {
      if (account.items.get(name)?.managed) account.used--;
      account.items.delete(name);
    }
    this.tell(account);
  }

  private tell(account: Account): void {
    const { limit, used, fired } = account;
    if (!limit) return;
    const up = thresholds.filter((one) => !fired.has(one) && used * 100 >= one * limit);
    const down = thresholds.filter((one) => fired.has(one) && used * 100 <= (one - rearm) * limit);
    for (const one of up) fired.add(one);
    for (const one of down) fired.delete(one);
    if (up.length > 0) account.notices.push(['fired', ...up].join(' '));
    if (down.length > 0) account.notices.push(['recovered', ...down].join(' '));
  }
}

export const partsOf = (items: readonly unknown[]): number => Math.ceil(items.length / most);
