import { randomUUID } from 'node:crypto';
import type { Stage } from '../../infra/local/demo-client.ts';
import { newAgent } from '../kit/agent.ts';
import { newMachine } from '../kit/machine.ts';
import { type Desk, type Door, doorOf, mailsTo, sure, until } from '../kit/stack.ts';

const any = { ifMatch: '*' };
const terms = { roles: ['CUSTOMER_OPERATOR'], mostMinutes: 30, approval: 'STANDING' };

/** A customer added in order, a machine of its, access to its console, its removal; and an account that is imported. */
export async function consoles(stage: Stage, desk: Desk): Promise<void> {
  const mark = randomUUID().slice(0, 8);
  const added = await addInOrder(desk, mark);
  const path = `/v1/customers/${added.customer.id}`;
  const staff = sure(await doorOf(stage, added.administrator.email));
  await machine(stage, staff, { path, productId: added.subscriptions[0].productId });
  await access(desk, staff, path);
  await imported(stage, desk, mark);
  await removed(stage, desk, path);
}

async function addInOrder({ admin }: Desk, mark: string) {
  const code = `C-${mark.toUpperCase()}`;
  const product = await admin('POST /v1/products', { body: { code, name: 'Guard' } });
  const domain = `console-${mark}.example`;
  const { body } = await admin('POST /v1/managed-customers', {
    body: {
      managementType: 'BOTH',
      company: { name: `Console ${mark}`, email: `office@${domain}`, domain },
      contact: { name: 'Con Sole', email: `con@${domain}` },
      products: [{ source: 'TRIAL', productId: product.body.id }],
    },
  });
  return body;
}

async function machine(stage: Stage, staff: Door, of: { path: string; productId: string }): Promise<void> {
  const { path, productId } = of;
  const { body: group } = await staff(`POST ${path}/machine-groups`, { body: { name: 'Desks' } });
  const { body: pack } = await staff(`POST ${path}/packages`, {
    body: { groupId: group.id, productId, platform: 'ANY', mostUses: 1 },
  });
  const one = newMachine(newAgent({ url: stage.agentUrl }));
  const answers = [
    await one.enrol(pack.token),
    await one.heartbeat(),
    await one.policy(),
    await one.report(1),
    await one.agent.send('POST /v1/machine/rotate', { publicKey: newAgent().publicKey }),
  ];
  const refused = answers.find(({ status }) => status !== 200);
  if (refused) throw new Error(`A machine was answered ${refused.status}: ${JSON.stringify(refused.body)}`);
  await staff(`GET ${path}/machines`);
  await staff(`DELETE ${path}/machines/${one.machineId}`, any);
}

async function access({ admin }: Desk, staff: Door, path: string): Promise<void> {
  const endsAt = new Date(Date.now() + 86_400_000).toISOString();
  const { headers } = await admin(`PUT ${path}/access`, { body: { ...terms, endsAt }, ifMatch: '"0"' });
  await staff(`POST ${path}/access/decision`, {
    body: { decision: 'APPROVE' },
    ifMatch: headers.get('etag') ?? '',
  });
  const body = { reason: 'A look at its machines', roles: terms.roles, minutes: 5 };
  await admin(`POST ${path}/access-sessions`, { body });
  await staff(`GET ${path}/access-sessions`);
}

/** Asked, looked at by the link of the mail, and confirmed there. */
async function imported(stage: Stage, { admin }: Desk, mark: string): Promise<void> {
  const operator = sure(await doorOf(stage, 'operator@platform.example'));
  const email = `acc@account-${mark}.example`;
  await operator('POST /v1/accounts', {
    body: { name: `Account ${mark}`, email, administrator: { name: 'Acc Ount', email } },
  });
  const body = { email, managementType: 'BOTH', communications: 'BOTH', access: terms };
  const asked = await admin('POST /v1/customer-imports', { body });
  const links = async () =>
    mailsTo(await stage.mails(), email).flatMap(
      ({ text }) => /\S+\/import\/confirm\?token=[\w-]+/.exec(text ?? '')?.[0] ?? [],
    );
  await until(async () => (await links()).length > 0);
  const [link = ''] = await links();
  const page = await fetch(link);
  const form = { token: new URL(link).searchParams.get('token') ?? '', decision: 'confirm', email };
  const answered = await fetch(new URL('/import/confirm', link), {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  const { state } = (await admin(`GET /v1/customer-imports/${asked.body.id}`)).body;
  if (page.status !== 200 || answered.status !== 200 || state !== 'CONFIRMED')
    throw new Error(`The page answered ${page.status} and ${answered.status}; the import is ${state}`);
}

async function removed(stage: Stage, { admin }: Desk, path: string): Promise<void> {
  const plan = await admin(`POST ${path}/removal-plans`, { body: { licences: 'return-to-pool' } });
  await admin(`POST /v1/removal-plans/${plan.body.id}/execution`);
  await stage.idle();
}
