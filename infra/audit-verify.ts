import { readFileSync } from 'node:fs';
import { type Anchor, type ExportLine, exportLine } from '../lib/audit/lines.ts';
import { type Verdict, verify } from '../lib/audit/verify.ts';
import { fetchAnchors, readAnchors } from './anchor-files.ts';
import { failed, misused, readCommand } from './local/command.ts';

const usage = `Usage: npm run audit:verify -- <export> [--anchors <dir>] [--bucket <name>]

It reads the pages of GET /v1/audit-export, as they came, a line each (or their items, a line each), and with --anchors
the anchors of the days in a folder. It needs neither table nor network; with --bucket (AnchorBucket of the stack's outputs)
the AWS CLI first fetches the oldest version of each anchor of the exported chains into that folder (anchors). Every entry, seal or part of one that was
overwritten, deleted, added or reordered is named; the exit code is 1 where any was.`;

const { values, positionals } = readCommand(
  { allowPositionals: true, options: { anchors: { type: 'string' }, bucket: { type: 'string' } } } as const,
  usage,
);
const [file, ...more] = positionals;
if (!file || more.length > 0) misused(usage, 'One file of an export is needed.');

function readLines(path: string): ExportLine[] {
  const texts = readFileSync(path, 'utf8').split('\n');
  return texts.flatMap((text, index) => {
    if (text.trim() === '') return [];
    try {
      const said = JSON.parse(text) as { items?: unknown[] };
      return (said.items ?? [said]).map((item) => exportLine.parse(item));
    } catch (error) {
      throw new Error(
        `Line ${index + 1} of ${path} is no page and no item of an export: ${(error as Error).message}`,
      );
    }
  });
}

/** Whose chains an export is of; a provider’s also where no seal of it is there. */
const rootsOf = (lines: readonly ExportLine[]) => [
  ...new Set(
    lines.flatMap((line) => {
      if (line.kind === 'export') return line.whole ? [line.nodeId] : [];
      return line.kind === 'seal' ? [line.rootId] : [];
    }),
  ),
];

function tell(
  { faults, seals, entries, young, late, inPart, unanchored }: Verdict,
  head: ExportLine | undefined,
  anchors: readonly Anchor[],
): void {
  for (const { where, what } of faults) console.log(`${where}: ${what}`);
  const days = anchors.map(({ day }) => day).sort();
  if (head?.kind === 'export')
    console.log(
      `${head.whole ? 'All of' : 'The record of'} ${head.nodeId} as of ${head.at}; anchored to ${days.at(-1) ?? 'no day'}`,
    );
  console.log(`${entries} entries, ${seals} seals, ${anchors.length} anchors: ${faults.length} faults`);
  if (late > 0)
    console.log(`${late} entries were sealed more than a day after what they say of themselves: ask why.`);
  if (young > 0)
    console.log(`${young} entries are too young to be in a seal: export again in a quarter of an hour.`);
  if (inPart > 0)
    console.log(`${inPart} entries are shown in part: that they are there is proven, not what they say.`);
  if (unanchored > 0)
    console.log(
      `${unanchored} seals are in no anchor at hand: whoever may write the table could have made them anew.`,
    );
}

try {
  const lines = readLines(String(file));
  const folder = values.anchors ?? (values.bucket && 'anchors');
  const strange = values.bucket ? fetchAnchors(values.bucket, rootsOf(lines), String(folder)) : [];
  for (const line of strange) console.log(line);
  const anchors = folder === undefined ? [] : readAnchors(folder);
  const verdict = verify(lines, anchors);
  tell(verdict, lines[0], anchors);
  process.exitCode = verdict.faults.length + strange.length > 0 ? 1 : 0;
} catch (error) {
  failed(error);
}
