import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A folder of small JSON files. What is written is on the disk before the call returns, whole or not at all. */
export interface Folder {
  read<T>(name: string): T | undefined;
  write(name: string, value: unknown): void;
  remove(name: string): void;
  /** Names that begin with `prefix`, in order. */
  list(prefix: string): string[];
  close(): void;
}

/** Opens a folder for this process alone; for its owner's eyes alone, for the private key is in it. */
export function openFolder(dir: string): Folder {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(join(dir, 'lock.db'));
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch {
    lock.close();
    throw new Error(`Another agent runs on ${dir}: two on one key pair would be taken for a copy of it.`);
  }
  return {
    read: (name) => readJson(join(dir, name)),
    write: (name, value) => writeWhole(dir, name, JSON.stringify(value)),
    remove: (name) => rmSync(join(dir, name), { force: true }),
    list: (prefix) =>
      readdirSync(dir)
        .filter((name) => name.startsWith(prefix) && !name.endsWith('.new'))
        .sort(),
    close: () => lock.close(),
  };
}

function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function writeWhole(dir: string, name: string, text: string): void {
  const file = join(dir, name);
  synced(`${file}.new`, 'w', (open) => writeSync(open, text));
  renameSync(`${file}.new`, file);
  synced(dir, 'r', () => {});
}

function synced(file: string, how: 'r' | 'w', change: (open: number) => void): void {
  const open = openSync(file, how, 0o600);
  try {
    change(open);
    fsyncSync(open);
  } finally {
    closeSync(open);
  }
}
