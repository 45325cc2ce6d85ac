import type { Anchor } from '../lib/audit/lines.ts';
import { scan } from '../lib/aws/scan.ts';
import { readAnchors } from './anchor-files.ts';
import type { Violation } from './fsck/check.ts';
import { examine, type Pass } from './fsck/examine.ts';
import { attach } from './local/attach.ts';
import { failed, misused, readCommand } from './local/command.ts';

const most = 10_000;

const usage = `Usage: npm run fsck -- [--local <dir>] [--segments <1 to 64>] [--anchors <dir>]

It reads the whole table TABLE_NAME with the AWS credentials of the environment; with --local <dir> that of the local
stack that runs there (.data by default for npm start). With --anchors it also compares the seals of the audit with the anchors
in a folder: that the last seals of a chain are gone, with what they held, is known by anchors alone.`;

const { values } = readCommand(
  {
    options: {
      local: { type: 'string' },
      segments: { type: 'string', default: '4' },
      anchors: { type: 'string' },
    },
  } as const,
  usage,
);
const segments = Number(values.segments);
if (!Number.isInteger(segments) || segments < 1 || segments > 64)
  misused(usage, '--segments must be a whole number from 1 to 64.');
if (!values.local && !process.env.TABLE_NAME) misused(usage, 'Which table? TABLE_NAME is not set.');
let anchors: Anchor[] = [];
try {
  if (values.local) attach(values.local);
  if (values.anchors !== undefined) anchors = readAnchors(values.anchors);
} catch (error) {
  failed(error);
}

const pass: Pass = (see, index) => scan(see, { segments, index });

async function look(): Promise<{ items: number; found: Set<string>; more: number }> {
  const found = new Set<string>();
  let more = 0;
  const see = ({ invariant, where, what }: Violation) => {
    if (found.size < most) found.add(`${invariant}: ${where}: ${what}`);
    else more++;
  };
  const { items } = await examine(pass, see, anchors);
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
