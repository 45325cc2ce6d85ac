import { parseArgs } from 'node:util';
import { scan } from '../lib/aws/scan.ts';
import { examine, type Pass } from './fsck/examine.ts';
import { attach } from './local/attach.ts';

const most = 10_000;

const { values } = parseArgs({
  options: { local: { type: 'string' }, segments: { type: 'string', default: '4' } },
});

if (values.local) attach(values.local);

const segments = Number(values.segments);
const pass: Pass = (see, index) => scan(see, { segments, index });

async function look(): Promise<{ items: number; found: Set<string>; more: number }> {
  const found = new Set<string>();
  let more = 0;
  const { items } = await examine(pass, ({ invariant, where, what }) => {
    if (found.size < most) found.add(`${invariant}: ${where}: ${what}`);
    else more++;
  });
  return { items, found, more };
}

let { items, found, more } = await look();
if (found.size > 0) {
  // A table in use changes between two passes: only what is still wrong at a second look is told.
  const first = found;
  ({ items, found, more } = await look());
  found = new Set([...found].filter((one) => first.has(one)));
}
for (const line of found) console.log(line);
console.log(`${items} items, ${found.size + more} violations`);
process.exitCode = found.size + more > 0 ? 1 : 0;
