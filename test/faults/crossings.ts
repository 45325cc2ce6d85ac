type Item = Readonly<Record<string, unknown>>;

/** How often a ledger crosses a threshold downwards, by the words of the semantics: one notice per entry that does. */
export function crossingsOf(entries: readonly Item[]): { low: number; recovered: number } {
  const out = { low: 0, recovered: 0 };
  let fired = new Set<number>();
  for (const { balance, alertLimit, rearmPercent } of entries) {
    const value = Number(balance);
    const limit = Number(alertLimit ?? 0);
    const margin = Math.max(1, Math.ceil((limit * Number(rearmPercent)) / 100));
    const levels = limit > 0 ? [limit, 0] : [0];
    fired = new Set([...fired].filter((level) => levels.includes(level)));
    const low = levels.filter((level) => !fired.has(level) && value < level);
    const back = levels.filter((level) => fired.has(level) && value >= level + margin);
    for (const level of low) fired.add(level);
    for (const level of back) fired.delete(level);
    if (low.length > 0) out.low++;
    if (back.length > 0) out.recovered++;
  }
  return out;
}
