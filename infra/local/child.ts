import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A Node process of our own, and what it has said. */
export interface Child {
  readonly lines: readonly string[];
  readonly alive: () => boolean;
  /** Resolves with the first line, said already or still to come, that `pattern` is found in. */
  says(pattern: RegExp, seconds?: number): Promise<string>;
  /** Ends it and waits for that. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

const root = new URL('../../', import.meta.url);

/** Starts a file of ours (its path from the root) as a process; `heard` is told of each line that it says. */
export function startChild(
  file: string,
  args: readonly string[],
  { environment = {}, heard = () => {} }: { environment?: NodeJS.ProcessEnv; heard?: (line: string) => void },
): Child {
  const child = spawn(process.execPath, [fileURLToPath(new URL(file, root)), ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on('line', (line) => {
      lines.push(line);
      heard(line);
    });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    lines,
    alive: () => isAlive(child),
    async says(pattern, seconds = 30) {
      const until = Date.now() + seconds * 1000;
      for (;;) {
        const line = lines.find((one) => pattern.test(one));
        if (line !== undefined) return line;
        if (!isAlive(child) || Date.now() > until)
          throw new Error(`${file} did not say ${pattern}, but: ${lines.slice(-5).join(' | ')}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async end(signal = 'SIGTERM') {
      if (isAlive(child)) child.kill(signal);
      await ended;
    },
  };
}

const isAlive = ({ exitCode, signalCode }: ChildProcess) => exitCode === null && signalCode === null;

export const startProxy = (user: string, password: string): Child =>
  startChild('infra/local/forward-proxy.ts', [], {
    environment: { PROXY_USER: user, PROXY_PASSWORD: password },
  });
