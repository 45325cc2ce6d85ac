import type { Spread } from './measure.ts';
import pricing from './pricing.json' with { type: 'json' };
import { aimsOf, type Results } from './results.ts';

const two = (value: number) => value.toFixed(2);
const whole = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 0 });
const kb = (bytes: number) => whole(bytes / 1000);
const spread = ({ median, min, p90 }: Spread, show = two) => `${show(median)} (${show(min)} – ${show(p90)})`;
const row = (...cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly string[]) =>
  [row(...head), row(...head.map((_, n) => (n === 0 ? '---' : '--:'))), ...rows].join('\n');

/** docs/performance.md, made of the results alone. */
export function report(results: Results): string {
  const { date, machine, versions, rounds, bare } = results;
  return `# Performance

Made by \`npm run bench\` from \`bench/results.json\`: change neither by hand. A test compares this page with those
results, and each verdict with its figure. What operations cost, call by call, is in [costs.md](costs.md).

${date} · ${machine.processor}, ${machine.cores} cores, ${machine.system} · load average ${two(machine.load)} when it began ·
${Object.entries(versions)
  .map(([name, version]) => `${name} ${version}`)
  .join(' · ')}

![Processor time of a debit, loading, and dollars of the mixed load](performance.svg)

## Aims

${table(['aim', 'at most', 'measured', ''], aimRows(results))}

## How it is measured

- Ratios only, inside one run: each round measures every kind once, in another order each time, and a ratio is of two
  figures of the same round. Given are the median, and in brackets the least and the ninth of ten.
- Processor time (user and system, all threads of the process) is what is judged: a function with a share of a core waits
  for just that, and other work on the machine disturbs it least. Elapsed time stands beside it.
- The bare SDK handler is \`JSON.parse\` and one \`TransactWriteItems\`, nothing else. “The same calls” makes the three calls
  of our debit by hand. The documented stack is a debit as the pages of middy, Powertools (logger, parser, idempotency)
  and the document client have one write it (\`bench/documented/\`). All are bundled with our own options.
- Not seen here: sandbox, download of the code, TLS to the real endpoint, and the real table's own time.

## A debit, warm (${rounds.warm} rounds of 1,000 after 500)

On AWS's own engine (DynamoDB Local), which answers an item's attributes in one order as DynamoDB does; on the embedded
engine, which names them in another order each time, ours ÷ the documented stack is ${spread(results.embedded)}.
The local engine, not DynamoDB, bounds our debits per second; peers were called directly, while ours are whole requests
with authorization, validation, ledger chain and log line. Processor time is the client's.

${table(
  ['', 'processor µs', 'ours ÷ it', 'debits a second', 'ours ÷ it'],
  [
    ...results.warm.map(({ name, cpuMicros, ourCpu, perSecond, ourPerSecond }) =>
      row(
        name,
        spread(cpuMicros, whole),
        name === 'ours' ? '' : spread(ourCpu),
        spread(perSecond, whole),
        name === 'ours' ? '' : spread(ourPerSecond),
      ),
    ),
    ...results.missing.map(({ name, why }) => row(name, `not measured: ${why}`, '', '', '')),
  ],
)}

${why(results)}## Cold, ÷ the bare SDK handler (${rounds.cold} rounds, each in a fresh process)

The bare handler: ${kb(bare.bytes)} KB, ${spread(bare.loadCpuMs, two)} ms of the processor to load, ${spread(bare.firstCpuMs, two)} ms with its first request.
“First” is loading and the first request together; ours read and check more than the bare one's single write.

${table(
  ['function', 'KB at start', 'KB in all', 'load', 'first', 'load, elapsed', 'first, elapsed'],
  results.cold.map((one) =>
    row(
      one.name === 'documented' ? 'documented stack (a debit)' : one.name,
      kb(one.atStart),
      kb(one.bytes),
      spread(one.loadCpu),
      spread(one.firstCpu),
      two(one.load.median),
      two(one.first.median),
    ),
  ),
)}

${mixedPart(results)}

${growthPart(results)}
`;
}

function aimRows(results: Results): string[] {
  return aimsOf(results).map(({ what, atMost, measured, met, at }) =>
    row(what, two(atMost), `${two(measured)}${at ? ` (${at})` : ''}`, met ? 'met' : '**missed**'),
  );
}

function mixedPart({ mixed }: Results): string {
  const { rows, dollars, ratio, milder } = mixed;
  return `## The mixed load

Request units as the engine counted them, each call once. Prices: \`bench/pricing.json\`, ${pricing.region}, ${pricing.asOf}; DynamoDB alone.
The documented stack reads strongly, as our checks do, and records a report of use beside its totals, as a debit its entry.

${table(
  ['call', 'share', 'ours RCU', 'ours WCU', 'documented RCU', 'documented WCU'],
  rows.map(({ what, share, ours, documented }) =>
    row(what, `${Math.round(share * 100)} %`, ours.read, ours.write, documented.read, documented.write),
  ),
)}

Of a million calls: ours $${dollars.ours.toFixed(3)}, the documented stack $${dollars.documented.toFixed(3)}: ${two(ratio)}. Our reads include the check of the caller, which the
documented stack leaves out. Were it to read eventually, the ratio would be ${two(milder.eventualReads)}; were its report one update without a
record, ${two(milder.plainUsage)}; with both, ${two(milder.both)}.`;
}

function growthPart({ growth }: Results): string {
  return `## Growth

The same call, small and large (\`npm run bench -- --growth\`; \`test/growth/\` holds a tenth of it in every run of the
tests, and \`test/customers/subtree.test.ts\` and \`test/catalog/scale.test.ts\` their own sizes).
A receipt carries the path of what it is about, by which it may pass 1 KB.

${table(
  ['call', 'of', 'RCU', 'WCU', 'round trips'],
  growth.map(({ call, of, small, large }) =>
    row(
      call,
      `${whole(small.size)} → ${whole(large.size)} ${of}`,
      `${small.read} → ${large.read}`,
      `${small.write} → ${large.write}`,
      `${small.trips} → ${large.trips}`,
    ),
  ),
)}`;
}

function why({ warm }: Results): string {
  const calls = warm.find(({ name }) => name === 'bare SDK, the same calls');
  if (!calls) return '';
  return `The same calls by the SDK take ${two(1 / calls.ourCpu.median)} × the time of our whole debit: it is asked without the SDK.\n\n`;
}
