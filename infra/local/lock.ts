import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Stop } from './failure.ts';

/**
 * Keeps other stacks off a folder until the function it answers is called, or until this process ends, however that
 * happens: the system itself gives the lock back, so that none is left behind and no process number can mislead.
 */
export function lock(dir: string): () => void {
  mkdirSync(dir, { recursive: true });
  const database = new DatabaseSync(join(dir, 'lock.db'));
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode !== busy) throw error;
    throw new Stop(
      `Another stack runs on ${dir}, or is just starting there: end it, wait for it, or name another folder with \`--data\`.`,
    );
  }
  held.add(database);
  return () => {
    if (held.delete(database)) database.close();
  };
}

const busy = 5;
// What nothing refers to is collected, and its lock with it.
const held = new Set<DatabaseSync>();
