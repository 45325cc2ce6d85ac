import { writeFileSync } from 'node:fs';
import setup from '../test/kit/setup.ts';
import type { Growth } from './results.ts';

/** `node bench/growth.ts <file> <size>`: what calls take at 100 and at `size` customers and entries, at depth 2, 3 and 10. */
const [, , file = '', size = '100000'] = process.argv;
const large = Number(size);
const small = 100;

const stop = await setup();
try {
  const { listen } = await import('../test/kit/cost.ts');
  listen();
  const at = await import('../test/growth/grown.ts');
  const rows: Growth[] = [];
  const [few, many] = [await at.amongCustomers(small), await at.amongCustomers(large)];
  for (const calls of [at.callsOfCustomer, at.pageOfCustomers])
    rows.push(
      ...(await at.compare(
        'customers',
        [
          [small, few],
          [large, many],
        ],
        calls,
      )),
    );
  const [short, long] = [await at.withEntries(small), await at.withEntries(large)];
  for (const calls of [at.callsOfLedger, at.pageOfLedger])
    rows.push(
      ...(await at.compare(
        'entries',
        [
          [small, short],
          [large, long],
        ],
        calls,
      )),
    );
  rows.push(
    ...(await at.compare(
      'levels',
      [
        [3, await at.atDepth(3)],
        [10, await at.atDepth(10)],
      ],
      at.callsOfCustomer,
    )),
    ...(await at.compare(
      'levels, from the top',
      [
        [2, await at.atDepth(2)],
        [10, await at.atDepth(10)],
      ],
      at.callsOfCustomer,
    )),
  );
  writeFileSync(file, JSON.stringify(rows));
} finally {
  await stop();
}
