import fc from 'fast-check';
import { expect, it } from 'vitest';
import { disband, gather, toCollaboratorGroup } from '../../lib/helpdesk/collaborator-group.ts';
import { approve, type Case, cancel, reject } from '../../lib/helpdesk/decision.ts';
import { type Facts, walk } from '../../lib/helpdesk/eligibility.ts';
import { disableMsp, enableMspOnPremises } from '../../lib/helpdesk/enablement.ts';
import { dismiss, invite, toExternalUser } from '../../lib/helpdesk/external-user.ts';
import { toMspMode } from '../../lib/helpdesk/msp-mode.ts';
import { raise, toFiled } from '../../lib/helpdesk/ticket.ts';
import { type Key, nodeKey, settingsKey } from '../../lib/kit/keys.ts';
import type { Item, Plan } from '../../lib/kit/plan.ts';
import { Problem } from '../../lib/kit/problem.ts';

const providerId = `prv_${'0'.repeat(26)}`;
const now = '2026-01-01T00:00:00.000Z';

/** A table in memory: enough of one to obey what a plan's writes demand. */
class Table {
  readonly items = new Map<string, Item>();
  read = (key: Key) => this.items.get(`${key.PK} ${key.SK}`);
  ofKind = (kind: string) => [...this.items.values()].filter((item) => item.kind === kind);
  put = (item: Item) => this.items.set(`${item.PK} ${item.SK}`, item);

  /** All writes or none. */
  apply(plan: Plan): void {
    const before = [...this.items];
    try {
      this.write(plan);
    } catch (error) {
      this.items.clear();
      for (const [key, item] of before) this.items.set(key, item);
      throw error;
    }
  }

  private write({ writes }: Plan): void {
    for (const write of writes) {
      if (write.do === 'create') {
        if (this.read(write.item)) throw write.taken ?? new Error(`${write.item.SK} exists`);
        this.put(write.item);
      } else if (write.do === 'replace') {
        expect(this.read(write.item)?.version).toBe(write.version);
        expect(write.item.version).toBe(write.version + 1);
        this.put(write.item);
      } else if (write.do === 'check') {
        expect(this.read(write.key)?.version).toBe(write.version);
      } else if (write.do === 'remove') {
        expect(this.items.delete(`${write.key.PK} ${write.key.SK}`)).toBe(true);
      } else throw new Error(`${write.do} is not used here`);
    }
  }
}

const commands = [
  'raise',
  'approve',
  'approve-own',
  'reject',
  'cancel',
  'enable',
  'disable',
  'invite',
  'dismiss',
  'gather',
  'disband',
] as const;
type Command = { do: (typeof commands)[number]; pick: number; kind: 'MSP_MODE' | 'QUESTION' };

function plan(table: Table, provider: Facts, command: Command & { step: number }): Plan | undefined {
  const mode = toMspMode(providerId, table.read(settingsKey(providerId, 'MSP_MODE')));
  const pick = <T>(list: readonly T[]): T | undefined => list[command.pick % (list.length || 1)];
  const made = (prefix: string) => ({ id: `${prefix}_${String(command.step).padStart(26, '0')}`, now });
  const about = (): Case | undefined => {
    const item = pick(table.ofKind('ticket'));
    return item && { filed: toFiled(item), provider, mode };
  };
  const decide = (by: (one: Case) => Plan) => {
    const one = about();
    return one && by(one);
  };
  const name = `Name ${command.pick}`;
  switch (command.do) {
    case 'raise': {
      const asked = { kind: command.kind, subject: 'S', description: 'D' };
      return raise({ provider, mode }, asked, { ...made('tic'), by: 'requester' });
    }
    case 'approve':
      return decide((one) => approve(one, { by: 'handler', now }));
    case 'approve-own':
      return decide((one) => approve(one, { by: 'requester', now }));
    case 'reject':
      return decide((one) => reject(one, 'No', { by: 'handler', now }));
    case 'cancel':
      return decide((one) => cancel(one, { by: 'requester', now }));
    case 'enable':
      return enableMspOnPremises({ provider, mode }, now);
    case 'disable':
      return disableMsp(mode, now);
    case 'invite':
      return invite(mode, { name, email: `p${command.pick}@x.example.com` }, made('ext'));
    case 'dismiss': {
      const item = pick(table.ofKind('externalUser'));
      return item && dismiss(mode, toExternalUser(item));
    }
    case 'gather':
      return gather(mode, { name, members: [] }, made('cgr'));
    case 'disband': {
      const item = pick(table.ofKind('collaboratorGroup'));
      return item && disband(mode, toCollaboratorGroup(item));
    }
  }
}

const profile = fc.record({
  id: fc.constant(providerId),
  hosting: fc.constantFrom('SAAS', 'SAAS', 'ON_PREMISES'),
  installation: fc.constantFrom('FRESH', 'FRESH', 'UPGRADED'),
  servesSeveralCompanies: fc.constantFrom(true, true, false),
  version: fc.constant(1),
}) as fc.Arbitrary<Facts>;
const sequence = fc.array(
  fc.record({
    do: fc.constantFrom(...commands),
    pick: fc.nat({ max: 3 }),
    kind: fc.constantFrom('MSP_MODE', 'MSP_MODE', 'QUESTION'),
  }) as fc.Arbitrary<Command>,
  { maxLength: 60 },
);

function fresh(provider: Facts): Table {
  const table = new Table();
  table.put({ ...nodeKey(providerId), ...provider });
  table.put({
    ...settingsKey(providerId, 'MSP_MODE'),
    state: 'DISABLED',
    enabled: 0,
    customers: 0,
    externalUsers: 0,
    collaboratorGroups: 0,
    version: 1,
  });
  return table;
}

it('ENABLED means a fresh installation without external users and collaborator groups, whatever happens', () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(profile, sequence, (provider, steps) => {
      const table = fresh(provider);
      for (const [step, command] of steps.entries()) {
        try {
          const decided = plan(table, provider, { ...command, step });
          if (decided) table.apply(decided);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
        }
        reached.add(holds(table, provider));
      }
    }),
    { numRuns: 400, seed: 20261121 },
  );
  expect([...reached].sort()).toEqual(['DISABLED', 'ENABLED', 'REJECTED', 'REQUESTED']);
});

function holds(table: Table, provider: Facts): string {
  const item = table.read(settingsKey(providerId, 'MSP_MODE'));
  const mode = toMspMode(providerId, item);
  const { state } = mode.standing;
  expect(mode.externalUsers).toBe(table.ofKind('externalUser').length);
  expect(mode.collaboratorGroups).toBe(table.ofKind('collaboratorGroup').length);
  expect(item?.enabled).toBe(state === 'ENABLED' ? 1 : 0);
  const pending = table
    .ofKind('ticket')
    .map((one) => toFiled(one).ticket)
    .filter((one) => one.kind === 'MSP_MODE' && one.state === 'OPEN');
  expect(pending.map(({ id }) => id)).toEqual(
    mode.standing.state === 'REQUESTED' ? [mode.standing.ticketId] : [],
  );
  if (state === 'ENABLED') {
    expect(provider).toMatchObject({ installation: 'FRESH', servesSeveralCompanies: true });
    expect([mode.externalUsers, mode.collaboratorGroups]).toEqual([0, 0]);
    expect(walk(provider, mode).eligible).toBe(true);
  }
  return state;
}
