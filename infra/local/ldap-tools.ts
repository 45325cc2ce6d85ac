import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DirectoryAccess } from './samba.ts';

/** Who a tool signs in as. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** What a program of OpenLDAP prints; throws with what it complains of. The password is on no command line. */
export async function runTool(
  access: DirectoryAccess,
  line: { program: 'ldapsearch' | 'ldapwhoami'; args?: readonly string[]; as?: Credentials },
): Promise<string> {
  const { authority = '', ...own } = JSON.parse(access.secret) as Credentials & { authority?: string };
  const { user, password } = line.as ?? own;
  const folder = mkdtempSync(join(tmpdir(), 'quartermaster-'));
  const [secretFile, authorityFile] = [join(folder, 'password'), join(folder, 'authority.pem')];
  try {
    writeFileSync(secretFile, password, { mode: 0o600 });
    writeFileSync(authorityFile, authority);
    const args = ['-x', '-H', access.url, '-D', user, '-y', secretFile, ...(line.args ?? [])];
    // The controller listens on an address that its certificate does not name: the authority is checked, the name is not.
    const checks = { LDAPTLS_CACERT: authorityFile, LDAPTLS_REQCERT: 'demand', LDAPTLS_REQSAN: 'never' };
    const { stdout } = await promisify(execFile)(line.program, args, {
      env: { ...process.env, ...checks },
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`${line.program}: ${stderr?.trim() || message}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// What Active Directory adds to a refused log-on. Source: [MS-ADTS] 5.1.1.1.1 and system error codes in hexadecimal.
const verdicts: Readonly<Record<string, string>> = {
  '52e': 'wrong password',
  '533': 'disabled',
  '701': 'expired',
  '773': 'password right, to be changed first',
};

/** Signs in at the directory itself, and says what came of it. */
export async function logOn(access: DirectoryAccess, as: Credentials): Promise<string> {
  try {
    await runTool(access, { program: 'ldapwhoami', as });
    return 'signed in';
  } catch (error) {
    const { message } = error as Error;
    const code = /\bdata ([0-9a-f]+)/.exec(message)?.[1];
    return verdicts[code ?? ''] ?? message;
  }
}
