/** Resolves when `condition` holds; rejects after `seconds`. */
export async function waitUntil(condition: () => Promise<boolean>, seconds: number): Promise<void> {
  const until = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > until) throw new Error(`Still busy after ${seconds} seconds`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
