/** What a node may set about notices of its licences; absent or null: inherited. */
export interface NoticeLayer {
  readonly enabled?: boolean | null | undefined;
  readonly thresholds?: readonly number[] | null | undefined;
  readonly perType?: Readonly<Record<string, { readonly thresholds: readonly number[] }>> | null | undefined;
  readonly rearmPoints?: number | null | undefined;
  readonly recipients?: readonly string[] | null | undefined;
  readonly subject?: string | null | undefined;
  readonly message?: string | null | undefined;
}

/** What is in force where several nodes set something. */
export interface InForce {
  readonly enabled: boolean;
  readonly rearmPoints: number;
  /** Null: the account manager. */
  readonly recipients: readonly string[] | null;
  /** Null: the default text. */
  readonly subject: string | null;
  readonly message: string | null;
}

/** Each setting alone from the nearest node that says something; `layers` from the top down. */
export function inherit(layers: readonly NoticeLayer[]): InForce {
  const nearest = <K extends keyof NoticeLayer>(name: K) =>
    layers.findLast((layer) => (layer[name] ?? null) !== null)?.[name] ?? null;
  return {
    enabled: nearest('enabled') ?? true,
    rearmPoints: nearest('rearmPoints') ?? 5,
    recipients: nearest('recipients'),
    subject: nearest('subject'),
    message: nearest('message'),
  };
}

/** Percentages that count for a resource type: the nearest node's word for it, else for all, else 80. */
export function chosenThresholds(layers: readonly NoticeLayer[], type?: string): readonly number[] {
  const said = (layer: NoticeLayer) => (type && layer.perType?.[type]?.thresholds) || layer.thresholds;
  const layer = layers.findLast(said);
  return (layer && said(layer)) ?? [80];
}

/** The levels of a meter while notices are on: 100 is built in; above it only soft limits get. */
export function levelsOf(
  layers: readonly NoticeLayer[],
  meter: { type: string; limit: number | null; enforcement: 'HARD' | 'SOFT' },
): number[] {
  if (!meter.limit) return [];
  return [...new Set([...chosenThresholds(layers, meter.type), 100])]
    .filter((percent) => percent <= 100 || meter.enforcement === 'SOFT')
    .toSorted((a, b) => a - b);
}

/** The lowest user limit of a line and whose it is; undefined where nobody limits. */
export function limitAlong(
  line: readonly Readonly<Record<string, unknown>>[],
): { limit: number; nodeId: string } | undefined {
  let lowest: { limit: number; nodeId: string } | undefined;
  for (const { id, userLimit } of line) {
    if (typeof userLimit !== 'number' || (lowest && lowest.limit <= userLimit)) continue;
    lowest = { limit: userLimit, nodeId: String(id) };
  }
  return lowest;
}

/** A node of a line as far as it says something of settings: null or absent inherits; `locks` names what nobody below may change. */
export interface Saying {
  readonly locks?: unknown;
}

/**
 * Whose word counts for a setting of the last node of `line` (from the top down): the nearest that says something.
 * Below a lock, the highest of them, nobody is asked; a node's own lock does not bind itself.
 */
export function sayingAlong<T extends Saying>(
  line: readonly T[],
  name: string & keyof T,
): { saying: T | undefined; lockedBy: T | undefined } {
  const lockedBy = line.slice(0, -1).find(({ locks }) => Array.isArray(locks) && locks.includes(name));
  const asked = lockedBy ? line.slice(0, line.indexOf(lockedBy) + 1) : line;
  return { saying: asked.findLast((one) => (one[name] ?? null) !== null), lockedBy };
}
