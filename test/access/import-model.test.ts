import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { each } from '../../lib/aws/db.ts';
import { scan } from '../../lib/aws/scan.ts';
import { partition } from '../../lib/kit/keys.ts';
import { deliver } from '../kit/deliver.ts';
import { type Mailbox, openMailbox } from '../kit/mailbox.ts';
import { ownTable } from '../kit/own-table.ts';
import { call, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { asked, importAt, look, makeAccount, pathOf, reply, tokenIn } from './import-scene.ts';

let msp: Msp;
let mailbox: Mailbox;

// One test reads all that is kept.
ownTable();
beforeAll(async () => {
  mailbox = await openMailbox();
  msp = await makeMsp();
  await ensureMspMode(msp);
});
afterAll(() => {
  vi.useRealTimers();
  mailbox.close();
});

const commands = [
  'confirm',
  'confirm-api',
  'decline',
  'wrong',
  'cancel',
  'resend',
  'expire',
  'look',
] as const;
type Command = (typeof commands)[number];

const batches = fc.array(fc.array(fc.constantFrom(...commands), { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 5,
});

const expected: Readonly<Record<string, string>> = {
  confirm: 'CONFIRMED',
  'confirm-api': 'CONFIRMED',
  decline: 'DECLINED',
  cancel: 'CANCELLED',
};

it('has exactly one end, whatever is done in whatever order and at once', async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (rounds) => {
      let at = Date.parse('2028-01-01T00:00:00.000Z');
      const setClock = () => vi.useFakeTimers({ now: at, toFake: ['Date'] });
      setClock();
      const account = await makeAccount();
      const { email } = account.admin;
      let { id, token } = await asked({ partner: msp.catalog, account, mailbox });
      const old: string[] = [];
      const done: string[] = [];
      let wrong = 0;
      const acts: Record<Command, () => Promise<unknown>> = {
        confirm: async () => (await reply(token, { email })).status === 200 && done.push('confirm'),
        'confirm-api': async () =>
          (await call('POST /v1/customer-imports/confirmation', { as: account.admin, body: { token } }))
            .status === 200 && done.push('confirm-api'),
        decline: async () =>
          (await reply(token, { decision: 'decline', email })).status === 200 && done.push('decline'),
        wrong: async () => (await reply(token, { email: 'no@body.example' })).status === 403 && wrong++,
        cancel: async () =>
          (await call(`POST /v1/customer-imports/${id}/cancel`, { as: msp.catalog })).status === 200 &&
          done.push('cancel'),
        resend: async () => {
          const { status } = await call(`POST /v1/customer-imports/${id}/resend`, { as: msp.catalog });
          if (status === 200) done.push('resend');
        },
        expire: async () => undefined,
        look: () => look(token),
      };
      for (const round of rounds) {
        at += 86_400_000;
        if (round.includes('expire')) at += 14 * 86_400_000;
        setClock();
        await Promise.all(round.map((command) => acts[command]()));
        if (done.includes('resend')) {
          done.splice(done.indexOf('resend'), 1);
          old.push(token);
          await deliver(msp.id, account.id);
          token = tokenIn(mailbox, email);
          wrong = 0;
        }
      }
      expect(done.length).toBeLessThanOrEqual(1);
      const { state } = await importAt(msp.reader, id);
      const [end] = done;
      if (end) expect(state).toBe(expected[end]);
      else expect(['PENDING', 'EXPIRED']).toContain(state);
      expect(wrong).toBeLessThan(5);
      expect((await pathOf(account.id)).includes(msp.id)).toBe(state === 'CONFIRMED');
      expect((await look(token)).status).toBe(state === 'PENDING' ? 200 : 410);
      for (const one of old.filter((each) => each !== token)) expect((await look(one)).status).toBe(410);
      const ends: unknown[] = [];
      const range = { partition: partition(msp.id, 'AUDIT'), limit: 500, consistent: true };
      for await (const { subject, action } of each(range)) {
        if (subject === id && ['imports.end', 'imports.cancel'].includes(String(action))) ends.push(action);
      }
      expect(ends).toHaveLength(end ? 1 : 0);
    }),
    { numRuns: Number(process.env.RUNS ?? 12) },
  );
});

it('a token stands nowhere but in its mail', async () => {
  vi.useRealTimers();
  const account = await makeAccount();
  const { id, token } = await asked({ partner: msp.catalog, account, mailbox });
  await reply(token, { email: 'no@body.example' });
  await call('POST /v1/customer-imports/confirmation', {
    as: account.admin,
    body: { token },
    key: 'a-key-of-mine',
  });
  await deliver(msp.id, account.id);
  let items = 0;
  await scan((item) => {
    items++;
    expect(JSON.stringify(item)).not.toContain(token);
  });
  expect(items).toBeGreaterThan(20);
  const notices = (await call(`GET /v1/customers/${account.id}/notices`, { as: account.admin })).body.items;
  const asking = notices.find(({ kind }: { kind: string }) => kind === 'IMPORT_ASKED');
  const whole = await call(`GET /v1/customers/${account.id}/notices/${asking.id}`, { as: account.admin });
  expect(whole.body.text).toContain('The link stood in the mail alone');
  expect(JSON.stringify(await importAt(msp.reader, id))).not.toContain(token);
});
