import { readFileSync } from 'node:fs';
import { hostname, platform, release } from 'node:os';

/** What a machine says of itself. */
export interface Described {
  readonly hostname: string;
  readonly platform: 'WINDOWS' | 'MACOS' | 'LINUX';
  readonly osVersion: string;
}

export interface Program {
  readonly name: string;
  readonly version: string;
}

const platforms: Readonly<Record<string, Described['platform']>> = { win32: 'WINDOWS', darwin: 'MACOS' };

export function about(): Described {
  const [, pretty] = /^PRETTY_NAME="?([^"\n]+)/m.exec(read('/etc/os-release')) ?? [];
  return {
    hostname: cut(hostname(), 64) || 'unnamed',
    platform: platforms[platform()] ?? 'LINUX',
    osVersion: cut(pretty ?? `${platform()} ${release()}`, 40),
  };
}

const mostPrograms = 200;
const mostBytes = 14_000;

/** What Debian's package manager says is installed, by name, as far as a report holds it; elsewhere nothing. */
export function programs(status = read('/var/lib/dpkg/status')): Program[] {
  const found = status.split('\n\n').flatMap((entry) => {
    const field = (name: string) => new RegExp(`^${name}: (.+)$`, 'm').exec(entry)?.[1] ?? '';
    const installed = field('Status').endsWith(' installed') && field('Package') !== '';
    return installed ? [{ name: cut(field('Package'), 100), version: cut(field('Version'), 40) }] : [];
  });
  const some = found.sort((a, b) => (a.name < b.name ? -1 : 1)).slice(0, mostPrograms);
  while (Buffer.byteLength(JSON.stringify(some)) > mostBytes) some.pop();
  return some;
}

const cut = (text: string, most: number): string =>
  text
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .trim()
    .slice(0, most);

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
