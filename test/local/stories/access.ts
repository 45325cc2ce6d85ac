import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, it, vi } from 'vitest';
import { findChromium, openBrowser } from '../../../infra/local/browser.ts';
import { playAccess } from '../../../infra/local/demo-access.ts';
import type { RunningStack } from '../../../infra/local/stack.ts';
import { type Desk, doorOf, mailsTo, openDesk, print, stageOf, sure, until } from '../../kit/stack.ts';

let stack: RunningStack;
let desk: Desk;
const chromium = findChromium();
if (!chromium && process.env.CHROMIUM === 'required') throw new Error('There is no Chromium');

/** What a program that looks once makes of an address, scripts and all. */
async function glance(program: string, url: string): Promise<string> {
  const profile = mkdtempSync(join(tmpdir(), 'glance-'));
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'];
  try {
    const args = [...flags, `--user-data-dir=${profile}`, '--dump-dom', url];
    return (await promisify(execFile)(program, args, { timeout: 20_000 })).stdout;
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

const access = { roles: ['CUSTOMER_OPERATOR'], mostMinutes: 30, approval: 'EACH' };

async function askedOf(
  name: string,
): Promise<{ id: string; importId: string; address: string; url: string }> {
  const stage = stageOf(stack);
  const address = `${name.toLowerCase()}@account.example`;
  const operator = sure(await doorOf(stage, 'operator@platform.example'));
  const account = await operator('POST /v1/accounts', {
    body: {
      name,
      email: `office@${name.toLowerCase()}.example`,
      administrator: { name: 'Ada', email: address },
    },
  });
  const asked = await desk.admin('POST /v1/customer-imports', {
    body: { email: address, managementType: 'BOTH', communications: 'PARTNER_ONLY', access },
  });
  const urls = async () =>
    mailsTo(await stack.mails(), address).flatMap(
      ({ text }) => /\S+\/import\/confirm\?token=[\w-]+/.exec(text ?? '')?.[0] ?? [],
    );
  await until(async () => (await urls()).length > 0);
  const [url = ''] = await urls();
  return { id: account.body.id, importId: asked.body.id, address, url };
}

const stateOf = async (importId: string) =>
  (await desk.admin(`GET /v1/customer-imports/${importId}`)).body.state;

/** Delegated access, and imports that are answered in a browser. */
export function accessStory(running: () => RunningStack): void {
  beforeAll(async () => {
    stack = running();
    desk = await openDesk(stageOf(stack));
  });

  it.skipIf(!chromium)(
    'the story of access goes as told',
    async () => {
      const said: string[] = [];
      const spy = vi
        .spyOn(console, 'log')
        .mockImplementation((line: unknown) => void said.push(String(line)));
      try {
        await playAccess(stageOf(stack));
      } catch (error) {
        print(said.join('\n      '));
        throw error;
      } finally {
        spy.mockRestore();
      }
      expect(stack.denials()).toEqual([]);
    },
    180_000,
  );

  it('an account is imported by its administrator’s click in a browser without scripts, never by looking', async () => {
    const { id, importId, address, url } = await askedOf('Contoso');
    expect(url.startsWith(`${stack.url}/import/confirm?token=`)).toBe(true);
    for (let times = 0; times < 10; times++) {
      await fetch(url, { method: 'HEAD' });
      expect((await fetch(url, { headers: { purpose: 'prefetch' } })).status).toBe(200);
    }
    if (chromium) expect(await glance(chromium, url)).toContain('asks to look after your account');
    expect(await stateOf(importId)).toBe('PENDING');
    if (chromium) {
      const browser = await openBrowser();
      try {
        await browser.visit(url);
        expect(await browser.html()).toContain('asks to look after your account');
        await browser.type('#confirm-email', 'somebody.else@account.example');
        await browser.press('form:first-of-type button');
        expect(await browser.html()).toContain('That is not the address');
        await browser.type('#confirm-email', address);
        await browser.press('form:first-of-type button');
        expect(await browser.html()).toContain('<h1>Confirmed</h1>');
        await browser.visit(url);
        expect(await browser.html()).toContain('This link leads nowhere');
      } finally {
        await browser.close();
      }
    } else {
      const token = new URL(url).searchParams.get('token') ?? '';
      const body = new URLSearchParams({ token, decision: 'confirm', email: address });
      expect((await fetch(`${stack.url}/import/confirm`, { method: 'POST', body })).status).toBe(200);
    }
    expect(await stateOf(importId)).toBe('CONFIRMED');
    expect((await desk.admin(`GET /v1/customers/${id}`)).body.parentId).toBe(desk.providerId);
    expect((await fetch(url)).status).toBe(410);
    const told = async () => mailsTo(await stack.mails(), desk.address).map(({ subject }) => subject);
    await until(async () => (await told()).some((subject) => subject.includes('confirmed')));
    expect(stack.denials()).toEqual([]);
  });
}
