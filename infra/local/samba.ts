import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Stop } from './failure.ts';

const realm = 'QM.EXAMPLE';
const password = 'Adm1nistrator.of.tests';
const administrator = 'administrator@qm.example';

/** What a function needs to reach the directory, and the secret that it reads. */
export interface DirectoryAccess {
  readonly url: string;
  readonly baseDn: string;
  /** JSON of user, password, the certificate's authority and name. */
  readonly secret: string;
}

/** An Active Directory domain controller of Samba on a loopback address of its own. */
export interface Samba extends DirectoryAccess {
  readonly user: string;
  readonly password: string;
  /** File of the authority that signed its certificate. */
  readonly authorityFile: string;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again on the same data. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** True where Samba's domain controller is installed and may be run: its ports are privileged. */
export function hasSamba(): boolean {
  return process.getuid?.() === 0 && spawnSync('samba-tool', ['--version']).status === 0;
}

/** Provisions a domain (about four seconds) and starts its controller; in `dir` it outlives a restart. */
export async function startSamba(options: { dir?: string } = {}): Promise<Samba> {
  if (!hasSamba()) {
    throw new Stop(
      'No Samba domain controller: as root, `apt-get install samba samba-ad-provision samba-dsdb-modules samba-vfs-modules winbind`.',
    );
  }
  const dir = resolve(options.dir ?? mkdtempSync(join(tmpdir(), 'qm-samba-')));
  mkdirSync(dir, { recursive: true });
  if (!existsSync(join(dir, 'address'))) await provision(dir);
  const address = readFileSync(join(dir, 'address'), 'utf8');
  const authorityFile = join(dir, 'private/tls/ca.pem');
  let child = await launch(dir, address);
  const kill = () => end(child);
  return {
    url: `ldaps://${address}`,
    baseDn: 'DC=qm,DC=example',
    secret: JSON.stringify({
      user: administrator,
      password,
      authority: readFileSync(authorityFile, 'utf8'),
      serverName: 'DC.qm.example',
    }),
    user: administrator,
    password,
    authorityFile,
    kill,
    async start() {
      child = await launch(dir, address);
    },
    async stop() {
      await kill();
      if (!options.dir) rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function provision(dir: string): Promise<void> {
  // Samba's ports are fixed: an address of its own in 127/8 lets several run side by side.
  const address = [127, randomInt(10, 250), randomInt(1, 250), randomInt(2, 250)].join('.');
  await promisify(execFile)('samba-tool', [
    ...['domain', 'provision', `--realm=${realm}`, '--domain=QM', '--server-role=dc'],
    ...[`--adminpass=${password}`, `--targetdir=${dir}`, '--dns-backend=NONE'],
    ...['--host-name=dc', `--host-ip=${address}`, `--option=posix:eadb=${join(dir, 'eadb.tdb')}`],
    ...['--option=vfs objects=dfs_samba4 acl_xattr xattr_tdb'],
    ...[`--option=interfaces=${address}/8`, '--option=bind interfaces only=yes'],
  ]).catch((error: Error & { stderr?: string }) => {
    throw new Stop(`The domain could not be provisioned:\n${error.stderr ?? error.message}`);
  });
  writeFileSync(join(dir, 'address'), address);
}

async function launch(dir: string, address: string): Promise<ChildProcess> {
  // `-i` ends it when our end of its standard input closes, which also happens when we are killed.
  const child = spawn(
    'samba',
    [
      ...['-i', '-M', 'single', '-s', join(dir, 'etc/smb.conf'), '--option=server services=ldap'],
      ...[`--option=log file=${join(dir, 'log.samba')}`, `--option=pid directory=${dir}`],
      `--option=ncalrpc dir=${join(dir, 'ncalrpc')}`,
    ],
    { stdio: ['pipe', 'pipe', 'pipe'], detached: true },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data) => {
      said = (said + data).slice(-2000);
    });
  }
  for (let attempt = 0; attempt < 300 && child.exitCode === null; attempt++) {
    if (await answers(address, 636)) return child;
    await new Promise((done) => setTimeout(done, 100));
  }
  await end(child);
  throw new Stop(`The domain controller did not start: ${said.trim() || 'it said nothing'}`);
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host, port });
    socket.once('error', () => done(false));
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
  });
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((done) => {
    child.once('exit', () => done());
    child.kill('SIGKILL');
  });
}
