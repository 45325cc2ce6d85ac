import { type ParseArgsConfig, parseArgs } from 'node:util';
import { Stop } from './failure.ts';

/** The command line's options and names; what is wrong with it ends the runner with a sentence and the usage. */
export function readArguments<const C extends ParseArgsConfig>(config: C, usage: string) {
  try {
    return parseArgs(config);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code?.startsWith('ERR_PARSE_ARGS')) throw error;
    const [sentence = message] = message.split(/\. |\n/);
    throw new Stop(`${sentence.replace(/\.$/, '')}.\n${usage}`);
  }
}
