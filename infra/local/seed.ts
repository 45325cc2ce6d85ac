import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Stop } from './failure.ts';

/** Where a new table is filled. */
export interface Seeding {
  readonly tableName: string;
  readonly region: string;
  readonly endpoint: string;
}

/** Fills a new table in a process of its own, which talks to the engine as an operator's command would. */
export function seed(seeding: Seeding): Promise<void> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./seed-process.ts', import.meta.url))], {
    env: {
      PATH: process.env.PATH,
      AWS_REGION: seeding.region,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_DYNAMODB: seeding.endpoint,
      TABLE_NAME: seeding.tableName,
      STAGE: 'local',
      PUBLIC_URL: 'http://127.0.0.1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      said += data;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Stop(`The new table could not be filled:\n${said.trim()}`));
    });
  });
}
