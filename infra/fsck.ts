import { parseArgs } from 'node:util';
import { everything } from '../lib/aws/scan.ts';
import { violations } from './invariants.ts';
import { attach } from './local/attach.ts';

const { values } = parseArgs({
  options: { local: { type: 'string' }, segments: { type: 'string', default: '4' } },
});

if (values.local) attach(values.local);

const items = await everything(Number(values.segments));
const found = violations(items);
for (const { invariant, where, what } of found) console.log(`${invariant}: ${where}: ${what}`);
console.log(`${items.length} items, ${found.length} violations`);
process.exitCode = found.length > 0 ? 1 : 0;
