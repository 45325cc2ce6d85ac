import type { ParseArgsConfig } from 'node:util';
import { readArguments } from './arguments.ts';
import { Stop } from './failure.ts';

/** Ends the process with a sentence, if there is one to say, and the usage: exit code 2. */
export function misused(usage: string, sentence?: string): never {
  console.error(sentence === undefined ? usage : `${sentence}\n${usage}`);
  process.exit(2);
}

/** A command's options and names; one that is wrongly called ends with its usage. */
export function readCommand<const C extends ParseArgsConfig>(config: C, usage: string) {
  try {
    return readArguments(config, usage);
  } catch (error) {
    if (error instanceof Stop) misused(error.message);
    throw error;
  }
}

/** Ends the process with what went wrong in one sentence: exit code 1. */
export function failed(error: unknown): never {
  console.error((error as Error).message);
  process.exit(1);
}
