import type { Managed, Scene } from './demo-access.ts';
import { type Caller, chapter, same } from './demo-client.ts';

/** The partner removes a customer by plan; the customer goes on, and buys its own licence. */
export async function leavePartner(scene: Scene, managed: Managed): Promise<void> {
  const { partner } = scene;
  const { path, name, admin, productId } = managed;
  chapter('The partner plans the removal of the first customer; a change in between voids the plan');
  const body = { licences: 'return-to-pool' };
  const { body: first } = await partner(`POST ${path}/removal-plans`, { body });
  same('plan', first.state, 'PLANNED');
  console.log(`      follows: ${JSON.stringify(first.follows)}`);
  const machines = (await admin(`GET ${path}/machines`, { quiet: true })).body.items;
  await admin(`DELETE ${path}/machines/${machines[0].id}`, { ifMatch: '*' });
  await partner(`POST /v1/removal-plans/${first.id}/execution`, { expect: 409 });
  const { body: second } = await partner(`POST ${path}/removal-plans`, { body });
  await partner(`POST /v1/removal-plans/${second.id}/execution`);
  for (const one of ['', '/machines', '/subscriptions', '/credits', '/licences'])
    await partner(`GET ${path}${one}`, { expect: 404 });
  chapter('Its report; the customer and its machines go on without a partner');
  const report = await readyReport(scene, partner, second.id);
  console.log(`      report: ${JSON.stringify(report)}`);
  const reports = await admin('GET /v1/removal-reports');
  same('the customer’s report', reports.body.items[0].report.sha256, report.sha256);
  same('machines', (await admin(`GET ${path}/machines`)).body.items.length, machines.length - 1);
  const bought = await admin('POST /v1/subscriptions', {
    body: {
      ...{ source: 'PURCHASE', productId, seats: 5, termDays: 365 },
      purchaser: { company: name, email: managed.adminEmail },
    },
  });
  same('its own licence', bought.body.kind, 'SUBSCRIPTION');
}

async function readyReport({ stage }: Scene, partner: Caller, id: string) {
  for (let turn = 0; turn < 60; turn++) {
    await stage.idle();
    const { body } = await partner(`GET /v1/removal-plans/${id}`, { quiet: true });
    if (body.state === 'READY') return body.report;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('The report is not ready after half a minute');
}
