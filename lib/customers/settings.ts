import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { limitAlong, sayingAlong } from '../kit/inherit.ts';
import { settingsKey } from '../kit/keys.ts';
import { difference, type Plan } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import type { Node } from '../kit/scope.ts';
import { allowedAlong } from './cascade.ts';
import { edited } from './engine.ts';
import { customerChanged } from './events.ts';
import { locale, ouStructure, passwordRule } from './particulars.ts';
import { settingLocked } from './problems.ts';
import { toCustomer } from './profile.ts';

const shape = { locale, passwordRule, ouStructure };
export type Setting = keyof typeof shape;
export const settingNames = Object.keys(shape) as [Setting, ...Setting[]];

const locks = z
  .array(z.enum(settingNames))
  .max(settingNames.length)
  .refine((list) => new Set(list).size === list.length, 'names a setting twice');

/** What one node says of itself; null inherits. */
export const settings = z.strictObject({
  locale: locale.nullable(),
  passwordRule: passwordRule.nullable(),
  ouStructure: ouStructure.nullable(),
  locks: locks.describe('Nobody below may change these'),
});
export type Settings = z.infer<typeof settings>;

export const changedSettings = z.strictObject({
  locale: locale.nullable().optional(),
  passwordRule: passwordRule.nullable().optional(),
  ouStructure: ouStructure.nullable().optional(),
  locks: locks.optional(),
});
export type ChangedSettings = z.output<typeof changedSettings>;

type Stored = Readonly<Record<string, unknown>>;

/** A stored profile, or a provider’s defaults, as settings. */
export function toSettings(item: Stored | undefined): Settings {
  const { locale = null, passwordRule = null, ouStructure = null, locks = [] } = item ?? {};
  return settings.parse({ locale, passwordRule, ouStructure, locks });
}

/** Settings that a node of the line locks for those below it, and whose lock counts: the highest. */
export function lockedAlong(line: readonly Stored[]): Partial<Record<Setting, string>> {
  const found: Partial<Record<Setting, string>> = {};
  for (const item of line) for (const one of toSettings(item).locks) found[one] ??= String(item.id);
  return found;
}

/** Refuses what a node above has locked, naming each. */
export function mustBeFree(asked: Partial<Record<Setting, unknown>>, above: readonly Stored[]): void {
  const locked = lockedAlong(above);
  const errors = settingNames
    .filter((one) => asked[one] !== undefined && locked[one] !== undefined)
    .map((one) => ({ pointer: `#/${one}`, message: `is locked by ${locked[one]}` }));
  if (errors.length > 0) throw new Problem(settingLocked, undefined, { errors });
}

const source = z.strictObject({ nodeId: z.string(), level: z.enum(['PROVIDER', 'RESELLER', 'CUSTOMER']) });
const effectiveOf = <S extends z.ZodType>(value: S) =>
  z.strictObject({
    value: value.nullable(),
    from: source.nullable().describe('Who said so; null: nobody'),
    lockedBy: z.string().nullable().describe('The node above that nobody below may change it from'),
  });

/** What counts for a customer, each value with where it comes from. */
export const effective = z.strictObject({
  locale: effectiveOf(locale),
  passwordRule: effectiveOf(passwordRule),
  ouStructure: effectiveOf(ouStructure),
  userLimit: z.strictObject({ value: z.int().nullable(), from: source.nullable() }),
  roles: z.array(z.string()).describe('Allowed by every node from the provider down'),
});
export type Effective = z.infer<typeof effective>;

/** The line goes from the provider (with its defaults) to the customer itself. Below a lock nobody is asked. */
export function effectiveAlong(line: readonly Stored[]): Effective {
  const from = (id: unknown) => {
    const node = line.find((one) => one.id === id);
    return node ? { nodeId: String(node.id), level: node.type as 'CUSTOMER' } : null;
  };
  const one = (name: Setting) => {
    const { saying, lockedBy } = sayingAlong(line, name);
    return { value: saying?.[name] ?? null, from: from(saying?.id), lockedBy: lockedBy?.id ?? null };
  };
  const limit = limitAlong(line);
  return effective.parse({
    ...Object.fromEntries(settingNames.map((name) => [name, one(name)])),
    userLimit: { value: limit?.limit ?? null, from: from(limit?.nodeId) },
    roles: allowedAlong(line),
  });
}

/** Changes what a customer says of itself, as far as nobody above has locked it. */
export function changeSettings(
  node: Node,
  change: ChangedSettings,
  above: readonly Stored[],
): Plan<Settings> {
  mustBeFree(change, above);
  const before = toSettings(node.item);
  const after = merged(before, change);
  const differing = difference(before, after);
  const fields = Object.keys(differing.after);
  if (fields.length === 0) return { writes: [], reply: { body: before, version: node.version } };
  const { locks, ...values } = after;
  const { stored } = edited(node, { ...toCustomer(node.item), ...values });
  return {
    writes: [{ ...stored, item: { ...stored.item, locks } }],
    receipt: { action: 'customers.change_settings', subject: node.id, ...differing },
    announcements: [announce(customerChanged, node.id, { fields })],
    reply: { body: after, version: node.version + 1 },
  };
}

export const defaultsKey = (providerId: string) => settingsKey(providerId, 'DEFAULTS');

/** Changes what holds for all customers of a provider that say nothing else. */
export function changeDefaults(
  providerId: string,
  change: ChangedSettings,
  stored: Stored | undefined,
): Plan<Settings> {
  const before = toSettings(stored);
  const after = merged(before, change);
  const differing = difference(before, after);
  const version = Number(stored?.version ?? 0);
  if (Object.keys(differing.after).length === 0) return { writes: [], reply: { body: before, version } };
  const item = { ...defaultsKey(providerId), kind: 'defaults', ...after, version: version + 1 };
  return {
    writes: [stored ? { do: 'replace', version, item } : { do: 'create', item }],
    receipt: { action: 'customers.change_defaults', subject: providerId, ...differing },
    reply: { body: after, version: version + 1 },
  };
}

function merged(before: Settings, change: ChangedSettings): Settings {
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  return { ...before, ...Object.fromEntries(given) };
}
