import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { accessSync, chownSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { freePort } from '../../infra/local/listen.ts';

/** A peer that runs, with the environment of its handler; or why it does not. */
export type Peer =
  | { readonly env: Record<string, string>; readonly version: string; stop(): Promise<void> }
  | string;

const host = '127.0.0.1';
const most = 1_000_000_000;

/** Debian's PostgreSQL on a cluster of its own, as it is installed: each commit is flushed. */
export async function startPostgres(): Promise<Peer> {
  const [bin] = globSync('/usr/lib/postgresql/*/bin').sort().reverse();
  if (!bin) return 'Debian package postgresql is not installed';
  const as: { uid?: number; gid?: number } | undefined = process.getuid?.() === 0 ? userOf('postgres') : {};
  if (!as) return 'there is no user postgres to run it as';
  const [dir, port] = [mkdtempSync(join(tmpdir(), 'bench-postgres-')), await freePort()];
  if (as.uid !== undefined && as.gid !== undefined) chownSync(dir, as.uid, as.gid);
  const data = join(dir, 'data');
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'bench', '-A', 'trust'], {
    ...as,
    cwd: dir,
    stdio: 'ignore',
  });
  const child = spawn(
    join(bin, 'postgres'),
    ['-D', data, '-p', String(port), '-h', host, '-c', `unix_socket_directories=${dir}`],
    { ...as, cwd: dir, stdio: 'ignore' },
  );
  const url = `postgres://bench@${host}:${port}/postgres`;
  const client = await soon(child, async () => {
    const one = new Client(url);
    await one.connect();
    return one;
  });
  await client.query(`CREATE TABLE account (id text PRIMARY KEY, balance bigint NOT NULL);
    CREATE TABLE entry (id text PRIMARY KEY, account text NOT NULL, amount bigint NOT NULL, at timestamptz DEFAULT now());
    INSERT INTO account VALUES ('one', ${most})`);
  const { rows } = await client.query('SHOW server_version');
  await client.end();
  const env = { PEER_POSTGRES: url };
  return {
    env,
    version: String(rows[0].server_version).split(' ')[0] ?? '',
    stop: () => end(child, 'SIGINT', dir),
  };
}

/** Debian's Redis; with `durable` it appends each change to a file and flushes it before it answers. */
export async function startRedis(durable: boolean): Promise<Peer> {
  const binary = onPath('redis-server');
  if (!binary) return 'Debian package redis-server is not installed';
  const [dir, port] = [mkdtempSync(join(tmpdir(), 'bench-redis-')), await freePort()];
  const keep = durable ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no'];
  const child = spawn(binary, ['--port', String(port), '--bind', host, '--dir', dir, '--save', '', ...keep], {
    stdio: 'ignore',
  });
  const client = await soon(child, async () => {
    const one = new Redis(port, host, { lazyConnect: true, retryStrategy: () => null });
    one.on('error', () => {});
    await one.connect();
    return one;
  });
  await client.set('balance', most);
  const version = /redis_version:(\S+)/.exec(await client.info('server'))?.[1] ?? '';
  await client.quit();
  return { env: { PEER_REDIS: `redis://${host}:${port}` }, version, stop: () => end(child, 'SIGTERM', dir) };
}

function userOf(name: string): { uid: number; gid: number } | undefined {
  try {
    const id = (flag: string) =>
      Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

function onPath(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((dir) => join(dir, name))
    .find((file) => {
      try {
        accessSync(file);
        return true;
      } catch {
        return false;
      }
    });
}

async function soon<T>(child: ChildProcess, connect: () => Promise<T>): Promise<T> {
  for (let tried = 0; ; tried++) {
    try {
      return await connect();
    } catch (error) {
      if (tried > 200 || child.exitCode !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals, dir: string): Promise<void> {
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill(signal);
  await ended;
  rmSync(dir, { recursive: true, force: true });
}
