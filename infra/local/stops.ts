/** What must be ended, in the order in which it was started. */
export type Stops = (() => Promise<void> | void)[];

/** Ends everything, the latest first. */
export async function stopAll(stops: Stops): Promise<void> {
  for (const stop of stops.splice(0).reverse()) await stop();
}
