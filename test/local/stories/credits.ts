import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { playCredits } from '../../../infra/local/demo-credits.ts';
import type { RunningStack } from '../../../infra/local/stack.ts';
import { print, stageOf } from '../../kit/stack.ts';

let stack: RunningStack;
const said: string[] = [];

/** The worked example of the credit system. */
export function creditsStory(running: () => RunningStack): void {
  beforeAll(async () => {
    vi.spyOn(console, 'log').mockImplementation((line: unknown) => void said.push(String(line)));
    stack = running();
  });

  afterAll(async () => {
    vi.restoreAllMocks();
  });

  it('the worked example of the credit system goes as told, with its two mails and no other', async () => {
    try {
      await playCredits(stageOf(stack));
    } catch (error) {
      print(said.join('\n      '));
      throw error;
    }
  });

  it('no call was denied, no message given up', () => {
    expect(stack.denials()).toEqual([]);
    expect(Object.entries(stack.deadLetters()).filter(([, count]) => count > 0)).toEqual([]);
  });
}
