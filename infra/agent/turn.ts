import { Unheard } from './line.ts';
import type { Memory } from './memory.ts';

/** Turns of an agent: what does not come through is tried again, later and later. */
export function patiently(
  { memory, say }: { memory: Memory; say: (line: string) => void },
  talk: () => Promise<number>,
) {
  let failures = 0;
  return {
    hasFailed: () => failures > 0,
    /** Answers how many seconds to wait for the next turn; throws what would fail every time. */
    async turn(): Promise<number> {
      try {
        const seconds = await talk();
        failures = 0;
        return seconds;
      } catch (error) {
        if (!(error instanceof Unheard) || error.ended) throw error;
        say(error.message);
        const patience = Math.min(memory.self().intervalSeconds, 2 ** failures++);
        // Not all agents at once after an outage.
        return Math.max(error.waitSeconds ?? 0, patience * (0.5 + Math.random() / 2));
      }
    },
  };
}
