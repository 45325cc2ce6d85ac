/** What licences are counted in: docs/openapi.json. */
export const types = [
  'DEVICE',
  'INTERFACE',
  'NCM_DEVICE',
  'FIREWALL',
  'IP_SWITCH_PORT',
  'APM_MONITOR',
  'ACCESS_POINT',
  'STORAGE_DEVICE',
] as const;
export type Type = (typeof types)[number];

/** Something that was found. Type and external id together are its identity. */
export interface Thing {
  readonly type: Type;
  readonly externalId: string;
  readonly name: string;
}

export type Reported = Thing | (Omit<Thing, 'name'> & { readonly gone: true });

/** What has been reported and was taken: the number of the last report, and names by identity. */
export interface Known {
  readonly sequence: number;
  readonly names: Readonly<Record<string, string>>;
}

export const nothingKnown: Known = { sequence: 0, names: {} };

const identity = ({ type, externalId }: Omit<Thing, 'name'>) => `${type} ${externalId}`;

function fromIdentity(text: string): Omit<Thing, 'name'> {
  const end = text.indexOf(' ');
  return { type: text.slice(0, end) as Type, externalId: text.slice(end + 1) };
}

/** Totals by type: what a usage report says. */
export function count(things: readonly Thing[]): Partial<Record<Type, number>> {
  const found = [...Map.groupBy(things, ({ type }) => type)];
  return Object.fromEntries(found.map(([type, some]) => [type, some.length]));
}

/** What is gone, renamed or new since the last report, in this order. */
export function differences({ names }: Known, things: readonly Thing[]): Reported[] {
  const found = new Set(things.map(identity));
  const gone = Object.keys(names).filter((one) => !found.has(one));
  const changed = things.filter((one) => names[identity(one)] !== one.name);
  const [fresh, renamed] = [false, true].map((known) =>
    changed.filter((one) => isKnown(names, one) === known),
  );
  return [
    ...gone.map((one) => ({ ...fromIdentity(one), gone: true as const })),
    ...(renamed ?? []),
    ...(fresh ?? []),
  ];
}

const isKnown = (names: Known['names'], one: Omit<Thing, 'name'>) => Object.hasOwn(names, identity(one));

/** What a report says of things that were there before. */
export const ofKnown = ({ names }: Known, items: readonly Reported[]): Reported[] =>
  items.filter((one) => isKnown(names, one));

const mostItems = 500;
const mostBytes = 200_000;

/** Cuts differences into reports that the API takes. */
export function cut(items: readonly Reported[]): Reported[][] {
  const reports: Reported[][] = [];
  let [bytes, current]: [number, Reported[]] = [0, []];
  for (const one of items) {
    const size = Buffer.byteLength(JSON.stringify(one));
    if (current.length === mostItems || bytes + size > mostBytes) [bytes, current] = [0, []];
    if (current.length === 0) reports.push(current);
    current.push(one);
    bytes += size;
  }
  return reports;
}

/** What is known once a report was taken. */
export function learn(known: Known, sequence: number, items: readonly Reported[]): Known {
  const names = { ...known.names };
  for (const one of items) {
    if ('gone' in one) delete names[identity(one)];
    else names[identity(one)] = one.name;
  }
  return { sequence, names };
}

/** Knows of everything that it was there, and of nothing what it is called: all of it is reported again. */
export function doubt(known: Known, sequence: number, unsure: readonly Reported[]): Known {
  const all = [...Object.keys(known.names), ...unsure.map(identity)];
  return { sequence, names: Object.fromEntries(all.map((one) => [one, ''])) };
}
