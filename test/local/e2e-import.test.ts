import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningStack } from '../../infra/local/stack.ts';
import { bringUp, type Desk, doorOf, mailsTo, openDesk, stageOf, sure, until } from '../kit/stack.ts';
import { dumpDom, hasChromium, openTab, type Tab } from './chromium.ts';

let stack: RunningStack;
let desk: Desk;
let tab: Tab | undefined;

beforeAll(async () => {
  ({ stack } = await bringUp());
  desk = await openDesk(stageOf(stack));
}, 180_000);

afterAll(async () => {
  await tab?.close();
  await stack?.stop();
});

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

it('an account is imported by its administrator’s click in a browser without scripts, never by looking', async () => {
  const { id, importId, address, url } = await askedOf('Contoso');
  expect(url.startsWith(`${stack.url}/import/confirm?token=`)).toBe(true);
  for (let times = 0; times < 10; times++) {
    await fetch(url, { method: 'HEAD' });
    expect((await fetch(url, { headers: { purpose: 'prefetch' } })).status).toBe(200);
  }
  const browser = hasChromium();
  if (browser) expect(await dumpDom(url)).toContain('asks to look after your account');
  expect(await stateOf(importId)).toBe('PENDING');
  if (browser) {
    tab = await openTab();
    await tab.open(url);
    expect(await tab.html()).toContain('asks to look after your account');
    await tab.type('#confirm-email', 'somebody.else@account.example');
    await tab.click('form:first-of-type button');
    expect(await tab.html()).toContain('That is not the address');
    await tab.type('#confirm-email', address);
    await tab.click('form:first-of-type button');
    expect(await tab.html()).toContain('<h1>Confirmed</h1>');
    await tab.open(url);
    expect(await tab.html()).toContain('This link leads nowhere');
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
}, 120_000);
