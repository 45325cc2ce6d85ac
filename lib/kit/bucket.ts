/** How often something may happen: at once, and a second on average. */
export interface Pace {
  readonly burst: number;
  readonly perSecond: number;
}

/** Takes a token of `name` at `now` (milliseconds); 0 where there was one, else the whole seconds until there is. */
export type Take = (name: string, now: number) => number;

/** Token buckets by name, in this process. `mostNames` bounds what they hold: those longest unused are forgotten. */
export function buckets({ burst, perSecond }: Pace, mostNames = 20_000): Take {
  const levels = new Map<string, { readonly tokens: number; readonly at: number }>();
  return (name, now) => {
    const { tokens: left, at } = levels.get(name) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, left + (Math.max(0, now - at) / 1000) * perSecond);
    const taken = tokens >= 1;
    levels.delete(name);
    levels.set(name, { tokens: taken ? tokens - 1 : tokens, at: Math.max(at, now) });
    const [oldest] = levels.keys();
    if (levels.size > mostNames && oldest !== undefined) levels.delete(oldest);
    return taken ? 0 : Math.ceil((1 - tokens) / perSecond);
  };
}
