import * as z from 'zod';
import { settingsKey } from '../kit/keys.ts';
import type { Write } from '../kit/plan.ts';

/** What holds for a customer's whole catalogue. Everything that decides who may have what is bound to its version. */
export interface CatalogSettings {
  readonly fullView: boolean;
  /** The number of the next marketplace; none is ever used again. */
  readonly nextNumber: number;
  readonly marketplaces: number;
  readonly dynamicGroups: number;
  /** Counts the changes of who belongs to marketplaces. */
  readonly generation: number;
  /** The generation that every end user's row has followed. */
  readonly settled: number;
  /** 0 while nothing is stored. */
  readonly version: number;
}

const stored = z.object({
  fullView: z.number(),
  nextNumber: z.number(),
  marketplaces: z.number(),
  dynamicGroups: z.number().default(0),
  generation: z.number(),
  settled: z.number(),
  version: z.number(),
});

const unsaid: CatalogSettings = {
  fullView: false,
  nextNumber: 1,
  marketplaces: 0,
  dynamicGroups: 0,
  generation: 0,
  settled: 0,
  version: 0,
};

export const catalogSettingsKey = (customerId: string) => settingsKey(customerId, 'CATALOG');

export function toSettings(item: Readonly<Record<string, unknown>> | undefined): CatalogSettings {
  if (!item) return unsaid;
  const { fullView, ...rest } = stored.parse(item);
  return { ...rest, fullView: fullView === 1 };
}

/** The change of what holds for the whole catalogue. */
export function altered(
  customerId: string,
  before: CatalogSettings,
  change: Partial<CatalogSettings>,
): Write {
  const { fullView, ...after } = { ...before, ...change };
  const item = {
    ...catalogSettingsKey(customerId),
    kind: 'catalogSettings',
    ...after,
    fullView: fullView ? 1 : 0,
    version: before.version + 1,
  };
  return before.version === 0 ? { do: 'create', item } : { do: 'replace', version: before.version, item };
}

/** Binds a decision to the rules as they were seen. */
export const unaltered = (customerId: string, { version }: CatalogSettings): Write => ({
  do: 'check',
  key: catalogSettingsKey(customerId),
  version: version === 0 ? null : version,
});
