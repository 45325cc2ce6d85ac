import { spawn } from 'node:child_process';
import { createHash, type Hash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Rhythm } from '../../lib/kit/context.ts';
import { Stop } from './failure.ts';
import { lock } from './lock.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The issuer that the local stack is synthesized for; the runner puts the real address in its place. */
export const issuerName = 'https://issuer.quartermaster.local';
export const region = 'us-east-1';

/** The deployment that runs on a laptop. */
export const deployment = {
  stage: 'local',
  region,
  issuer: issuerName,
  sender: 'quartermaster@example.com',
} as const;

/** A directory that the runner starts itself; it puts the real address in the place of this one. */
export const localDirectory = {
  url: 'ldaps://directory.quartermaster.local',
  baseDn: 'DC=qm,DC=example',
  secretName: 'quartermaster-directory',
  vpcId: 'vpc-00000000000000000',
  subnetIds: ['subnet-00000000000000000'],
  availabilityZones: [`${region}a`],
} as const;

/** How the local deployment differs from the usual one. */
export interface AssemblyOptions {
  readonly directory?: boolean;
  readonly heartbeats?: Rhythm | undefined;
}

const rhythmName = (one: Rhythm | undefined) =>
  one ? `every-${one.intervalSeconds}-${one.silenceSeconds}-` : '';

/** The assembly of the sources as they are now: synthesized when there is none yet. */
export async function findAssembly(
  progress: (line: string) => void,
  options: AssemblyOptions = {},
): Promise<string> {
  const { directory, heartbeats } = options;
  const out = join(root, 'cdk.out');
  const folder = join(out, `local-${directory ? 'directory-' : ''}${rhythmName(heartbeats)}${hashSources()}`);
  if (existsSync(join(folder, 'manifest.json'))) return folder;
  mkdirSync(out, { recursive: true });
  const done = await takeTurn(`${folder}.turn`);
  try {
    if (existsSync(join(folder, 'manifest.json'))) return folder;
    progress('Synthesizing the stack…');
    const making = join(out, `making-${process.pid}-${Date.now()}`);
    await run([join(root, 'infra/local/synthesize.ts'), making, JSON.stringify(options)]);
    // Bundles are CommonJS, and our own package.json says that files here are modules.
    writeFileSync(join(making, 'package.json'), '{}');
    removeOld(out);
    renameSync(making, folder);
    return folder;
  } finally {
    done();
  }
}

/** One process synthesizes, the others wait for what it makes. */
export async function takeTurn(dir: string): Promise<() => void> {
  for (;;) {
    try {
      return lock(dir);
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function run(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        said += data;
      });
    }
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Stop(`The stack could not be synthesized:\n${said.trim()}`));
    });
  });
}

function removeOld(out: string): void {
  const hour = 60 * 60 * 1000;
  for (const name of readdirSync(out)) {
    const path = join(out, name);
    if (/^(local|making)-/.test(name) && Date.now() - statSync(path).mtimeMs > hour) {
      rmSync(path, { recursive: true, force: true });
    }
  }
}

/** Changes when anything that the synthesized stack is made of changes. */
export function hashSources(): string {
  const hash = createHash('sha256').update(JSON.stringify(deployment));
  for (const folder of ['infra', 'functions', 'lib', 'docs']) addFolder(hash, join(root, folder));
  for (const file of ['cdk.json', 'package-lock.json']) addFile(hash, join(root, file));
  return hash.digest('hex').slice(0, 16);
}

function addFolder(hash: Hash, folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((one, two) =>
    one.name < two.name ? -1 : 1,
  )) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (path !== join(root, 'infra/local')) addFolder(hash, path);
    } else if (/\.(ts|json)$/.test(entry.name)) addFile(hash, path);
  }
}

function addFile(hash: Hash, file: string): void {
  hash.update(file.slice(root.length)).update('\0');
  if (existsSync(file)) hash.update(readFileSync(file));
}
