import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { contexts } from '../../../functions/contexts.ts';
import {
  begin,
  checkMails,
  lookBack,
  type Made,
  useCredits,
  useLicences,
} from '../../../infra/local/demo-story.ts';
import type { RunningStack } from '../../../infra/local/stack.ts';
import { print, stageOf, until } from '../../kit/stack.ts';
import { playEncore } from '../encore.ts';

let stack: RunningStack;
let made: Made;
const said: string[] = [];

const silent = () =>
  stack
    .unusedGrants()
    .filter(({ action }) => action === 'logs:PutLogEvents')
    .map((one) => one.function);

/** The demo as told, then everything else that the API offers: between them every function runs. First on its stack. */
export function demoStory(running: () => RunningStack): void {
  beforeAll(async () => {
    vi.spyOn(console, 'log').mockImplementation((line: unknown) => void said.push(String(line)));
    stack = running();
  });

  afterAll(async () => {
    vi.restoreAllMocks();
  });

  it('the demo goes as told', async () => {
    const stage = stageOf(stack);
    try {
      made = await begin(stage);
      await useLicences(stage, made);
      await useCredits(stage, made);
      await lookBack(made);
      await checkMails(stage, made);
    } catch (error) {
      print(said.join('\n      '));
      throw error;
    }
  });

  it('so does everything else that the API offers', async () => {
    await playEncore(stageOf(stack), made);
  });

  it('no call was denied, no message given up, and each function ran', async () => {
    // An hour takes five seconds here.
    await until(() => !silent().some((name) => name.includes('Schedules')));
    expect(stack.denials()).toEqual([]);
    expect(Object.entries(stack.deadLetters()).filter(([, count]) => count > 0)).toEqual([]);
    const unused = stack.unusedGrants();
    const byAction = Map.groupBy(unused, ({ action }) => action);
    print(`granted, but never used in the story: ${unused.length}`);
    for (const [action, grants] of byAction) {
      const names = new Set(grants.map((one) => one.function.replace(/Function[0-9A-F]+$/, '')));
      print(`  ${action}: ${[...names].join(', ')}`);
    }
    expect(silent()).toEqual([]);
    const functions = [...new Set(unused.map((one) => one.function.replace(/Function[0-9A-F]+$/, '')))];
    for (const { name, subscribers = [], schedules = [] } of contexts) {
      const context = `${name[0]?.toUpperCase()}${name.slice(1)}`;
      expect(functions).toContain(`${context}Api`);
      if (subscribers.length > 0) expect(functions).toContain(`${context}Reactions`);
      if (schedules.length > 0) expect(functions).toContain(`${context}Schedules`);
    }
  });
}
