import { rmSync, writeFileSync } from 'node:fs';
import { build } from './bundles.ts';
import type { Spread } from './measure.ts';
import { type Mixed, measureMixed } from './mixed.ts';
import { open } from './stage.ts';
import { measureWarm } from './warm.ts';

/** What is measured on the embedded engine, which counts request units by index. */
export interface Embedded {
  readonly mixed: Mixed;
  /** Processor time of a debit ÷ the documented stack. */
  readonly warm: Spread;
}

const [, , file = '', rounds = '1'] = process.argv;
const built = build();
let mixed: Mixed | undefined;
const stage = await open(async () => {
  mixed = await measureMixed();
});
const { kinds } = await measureWarm(built, stage, Number(rounds), ['ours', 'documented stack']);
writeFileSync(file, JSON.stringify({ mixed, warm: kinds[1]?.ourCpu }));
await stage.stop();
rmSync(built.root, { recursive: true, force: true });
process.exit(0);
