/** What an end user's row says of marketplaces. */
export interface Holder {
  readonly markets: readonly number[];
}

/** What an item's assignment to the customer says of marketplaces; without an assignment nobody is entitled. */
export interface Held {
  readonly markets: readonly number[];
  readonly everyone: readonly number[];
  readonly open: 0 | 1;
}

export interface Entitlement {
  /** Numbers of the marketplaces that give the item to the person. */
  readonly marketplaces: readonly number[];
  readonly fullView: boolean;
}

/** Whether a person may have an item that is assigned to the customer: the two rows decide, nothing else is read. */
export function entitledBy({ markets }: Holder, held: Held): Entitlement | undefined {
  const marketplaces = [...held.everyone, ...held.markets.filter((one) => markets.includes(one))];
  const fullView = held.open === 1;
  return marketplaces.length > 0 || fullView ? { marketplaces, fullView } : undefined;
}
