import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { playProbes } from '../../../infra/local/demo-probes.ts';
import type { RunningStack } from '../../../infra/local/stack.ts';
import { print, stageOf } from '../../kit/stack.ts';

let stack: RunningStack;
const said: string[] = [];

/** The story of four agents. */
export function probesStory(running: () => RunningStack): void {
  beforeAll(async () => {
    vi.spyOn(console, 'log').mockImplementation((line: unknown) => void said.push(String(line)));
    stack = running();
  });

  afterAll(async () => {
    vi.restoreAllMocks();
  });

  it('four agents, one behind a proxy, use up an allocation; one is killed and comes back: four mails', async () => {
    try {
      await playProbes(stageOf(stack));
    } catch (error) {
      print(said.join('\n      '));
      throw error;
    }
    for (const line of said.filter((one) => one.includes('✉')).slice(-4)) print(line.trim());
  }, 400_000);

  it('no call was denied, no message given up', () => {
    expect(stack.denials()).toEqual([]);
    expect(Object.entries(stack.deadLetters()).filter(([, count]) => count > 0)).toEqual([]);
  });
}
