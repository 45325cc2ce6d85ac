import { balance, type Check, placeOf, type Stored, type Watch } from './check.ts';

const sorts = { tree: ['G1', 'S1'], names: ['G2', 'S2'] } as const;
type Index = keyof typeof sorts;

function entryOf(item: Stored, index: Index): string | undefined {
  const [hash, sort] = sorts[index];
  return item[hash] === undefined || item[sort] === undefined
    ? undefined
    : `${index} ${item[hash]} ${item[sort]} of ${placeOf(item)}`;
}
const entriesOf = (item: Stored) =>
  (['tree', 'names'] as const).flatMap((index) => entryOf(item, index) ?? []);

/** Each index holds an entry for each item that says where it stands there, and no other. */
export const indexes: Check = (_known, tell) => {
  const listed = balance();
  return {
    see: (item) => {
      for (const entry of entriesOf(item)) listed.put(entry, 1);
    },
    seeEntry: (entry, index) => listed.put(entryOf(entry, index) ?? `${index} of ${placeOf(entry)}`, -1),
    again: () => (listed.isEven() ? undefined : closer(tell, listed.isSuspect)),
  };
};

function closer(tell: Parameters<Check>[1], isSuspect: (name: string) => boolean): Watch {
  const items = new Set<string>();
  const entries = new Set<string>();
  return {
    see: (item) => {
      for (const entry of entriesOf(item)) if (isSuspect(entry)) items.add(entry);
    },
    seeEntry: (entry, index) => {
      const name = entryOf(entry, index) ?? `${index} of ${placeOf(entry)}`;
      if (isSuspect(name)) entries.add(name);
    },
    end: () => {
      for (const name of items) if (!entries.has(name)) tell(name, 'the index does not show it');
      for (const name of entries) if (!items.has(name)) tell(name, 'no item stands behind it');
    },
  };
}
