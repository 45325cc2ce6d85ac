import { expect, it } from 'vitest';
import { toAttributes } from '../../lib/aws/item.ts';
import { pulseKey } from '../../lib/kit/keys.ts';
import { resourceType } from '../../lib/licensing/resource.ts';
import { command, type Pulse } from '../../lib/probes/pulse.ts';
import { sizeOf } from '../kit/cost.ts';

const at = '2026-11-21T10:00:00.000Z';
const id = (prefix: string) => `${prefix}_${'Z'.repeat(26)}`;
const hash = 'h'.repeat(43);

/** Everything that may stand on a pulse at once, each as long as it gets. */
const fullest: Omit<Pulse, 'customerId'> & { kind: string } = {
  kind: 'pulse',
  id: id('prb'),
  state: 'UP',
  generation: 9999,
  enrolled: 9990,
  previous: 9998,
  previousKey: hash,
  previousUntil: at,
  enrolment: hash,
  enrolmentUntil: at,
  redeemed: hash,
  publicKey: hash,
  refusals: 5,
  host: 'h'.repeat(64),
  agent: 'v'.repeat(20),
  count: 999_999_999_999,
  mark: 'm'.repeat(16),
  seenAt: at,
  downSince: at,
  told: true,
  outages: 99_999,
  clonedAt: at,
  strays: 3,
  straysSince: at,
  configVersion: 99_999,
  commands: command.shape.kind.options.map((kind) => ({ id: id('cmd'), kind, at })),
  commandsVersion: 99_999,
  usage: 999_999_999_999,
  counts: Object.fromEntries(resourceType.options.map((one) => [one, 1_000_000])),
  countedAt: at,
  day: '2026-11-21',
  inventory: 999_999_999,
  parts: 9,
  inventoryHash: 'h'.repeat(22),
  whole: false,
  reportsFrom: 1_999_999_999,
  items: 10_000,
  expiresAt: 1_999_999_999,
  tally: { managed: 500, unmanaged: 500, gone: 500 },
};

// What was redeemed goes with the first rotation.
const rotating = ['previous', 'previousKey', 'previousUntil'] as const;
const troubled = [
  'enrolment',
  'enrolmentUntil',
  'downSince',
  'told',
  'clonedAt',
  'strays',
  'straysSince',
  'expiresAt',
] as const;

function bytes(without: readonly (keyof typeof fullest)[]): number {
  const left = Object.entries(fullest).filter(([name]) => !(without as readonly string[]).includes(name));
  return sizeOf(toAttributes({ ...pulseKey(id('cus'), id('prb')), ...Object.fromEntries(left) }));
}

it('a pulse that is up is one write unit, with every command waiting or while it rotates; never more than two', () => {
  expect(bytes([...troubled, ...rotating])).toBeLessThanOrEqual(1024);
  expect(bytes([...troubled, 'commands', 'redeemed'])).toBeLessThanOrEqual(1024);
  expect(bytes([])).toBeLessThanOrEqual(2048);
});
