import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { everything } from '../lib/aws/scan.ts';
import { violations } from './invariants.ts';

const { values } = parseArgs({
  options: { local: { type: 'string' }, segments: { type: 'string', default: '4' } },
});

if (values.local) {
  const file = join(values.local, 'stack.json');
  if (!existsSync(file))
    throw new Error(`No stack is running on ${values.local}: start it with \`npm start\`.`);
  const { dynamoUrl, tableNames } = JSON.parse(readFileSync(file, 'utf8'));
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: dynamoUrl,
    TABLE_NAME: tableNames[0],
  });
}

const items = await everything(Number(values.segments));
const found = violations(items);
for (const { invariant, where, what } of found) console.log(`${invariant}: ${where}: ${what}`);
console.log(`${items.length} items, ${found.length} violations`);
process.exitCode = found.length > 0 ? 1 : 0;
