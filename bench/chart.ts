import { bounds, type Results } from './results.ts';

interface Bar {
  readonly label: string;
  readonly value: number;
  readonly text: string;
  readonly own: boolean;
}

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly bars: readonly Bar[];
  /** A line that bars of ours should not pass. */
  readonly aim?: number;
}

const [width, left, right, barHeight, gap] = [760, 250, 90, 16, 6];
const style = `
  text { font: 12px system-ui, sans-serif; fill: #24292f; stroke: #ffffff; stroke-width: 3; paint-order: stroke; }
  .title { font-weight: 600; font-size: 14px; }
  .unit { fill: #57606a; }
  .own { fill: #0969da; }
  .other { fill: #8c959f; }
  .aim { stroke: #cf222e; stroke-width: 1.5; stroke-dasharray: 4 3; }
  .back { fill: #ffffff; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; stroke: #0d1117; }
    .unit { fill: #9198a1; }
    .own { fill: #4493f8; }
    .other { fill: #656c76; }
    .aim { stroke: #f85149; }
    .back { fill: #0d1117; }
  }`;

/** docs/performance.svg, made of the results alone: bars with their figures, readable on light and dark pages. */
export function chart(results: Results): string {
  const drawn: string[] = [];
  let y = 8;
  for (const panel of panelsOf(results)) {
    const { svg, height } = draw(panel, y);
    drawn.push(svg);
    y += height;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" role="img" aria-label="Measured on ${results.date}">
<style>${style}
</style>
<rect class="back" width="${width}" height="${y}"/>
${drawn.join('\n')}
</svg>
`;
}

function panelsOf(results: Results): Panel[] {
  const bar = (label: string, value: number, digits: number): Bar => ({
    ...{
      label,
      value,
      text: value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits }),
    },
    own: label.startsWith('ours') || results.cold.some(({ name }) => name !== 'documented' && label === name),
  });
  const stack = results.warm.find(({ name }) => name === 'documented stack');
  const { dollars } = results.mixed;
  return [
    {
      title: 'A debit, warm',
      unit: 'µs of the processor, median; the line: half of the documented stack',
      bars: results.warm.map(({ name, cpuMicros }) => bar(name, cpuMicros.median, 0)),
      ...(stack ? { aim: stack.cpuMicros.median * bounds.warm } : {}),
    },
    {
      title: 'Mixed load',
      unit: `DynamoDB dollars of a million calls; the line: ${bounds.mixed} of the documented stack`,
      bars: [bar('ours', dollars.ours, 2), bar('documented stack', dollars.documented, 2)],
      aim: dollars.documented * bounds.mixed,
    },
    {
      title: 'Cold load',
      unit: `processor time ÷ the bare SDK handler, median; the line: the aim, ${bounds.cold}`,
      bars: [
        bar('bare SDK handler', 1, 2),
        ...results.cold.map(({ name, loadCpu }) =>
          bar(name === 'documented' ? 'documented stack (a debit)' : name, loadCpu.median, 2),
        ),
      ],
      aim: bounds.cold,
    },
  ];
}

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

function draw({ title, unit, bars, aim }: Panel, top: number): { svg: string; height: number } {
  const most = Math.max(...bars.map(({ value }) => value), aim ?? 0);
  const x = (value: number) => left + ((width - left - right) * value) / most;
  const first = top + 34;
  const at = (n: number) => first + n * (barHeight + gap);
  const drawn = bars.map(
    ({ value, own }, n) =>
      `<rect class="${own ? 'own' : 'other'}" x="${left}" y="${at(n)}" width="${(x(value) - left).toFixed(1)}" height="${barHeight}" rx="2"/>`,
  );
  const said = bars.flatMap(({ label, value, text }, n) => [
    `<text x="${left - 8}" y="${at(n) + 12}" text-anchor="end">${escaped(label)}</text>`,
    `<text x="${(x(value) + 6).toFixed(1)}" y="${at(n) + 12}">${text}</text>`,
  ]);
  const line =
    aim === undefined
      ? []
      : [
          `<line class="aim" x1="${x(aim).toFixed(1)}" x2="${x(aim).toFixed(1)}" y1="${first - 4}" y2="${at(bars.length)}"/>`,
        ];
  return {
    svg: [
      `<text class="title" x="12" y="${top + 16}">${escaped(title)}</text>`,
      `<text class="unit" x="130" y="${top + 16}">${escaped(unit)}</text>`,
      ...drawn,
      ...line,
      ...said,
    ].join('\n'),
    height: 34 + bars.length * (barHeight + gap) + 14,
  };
}
