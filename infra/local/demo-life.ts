import { callerOf, chapter, same } from './demo-client.ts';
import type { Tenants } from './demo-people.ts';
import { compare, type Grove } from './demo-tree.ts';

/** A customer is disabled and enabled, one moves to another reseller, one is deprovisioned and deleted. */
export async function changeLives(grove: Grove, { fabrikam, contoso }: Tenants): Promise<void> {
  const { stage, catalog, north, south, west, mail, backup, mark } = grove;
  chapter('A customer is disabled, then the reseller above: people are out at once, accounts are off');
  const kim = await callerOf(stage, `kim@${contoso.domain}`);
  await kim(`GET ${contoso.path}`);
  const before = await compare(grove);
  await south.admin(`POST ${contoso.path}/disable`);
  await kim(`GET ${contoso.path}`, { expect: 403 });
  const alone = await compare(grove);
  await catalog(`POST ${north.path}/disable`);
  await south.admin(`GET ${south.path}`, { expect: 403 });
  const all = await compare(grove);
  same('who may log on: nobody but West’s own', all.users - all.off, 1);
  await catalog(`POST ${north.path}/enable`);
  same('accounts that are off as before', (await compare(grove)).off, alone.off);
  await kim(`GET ${contoso.path}`, { expect: 403 });
  await south.admin(`POST ${contoso.path}/enable`);
  same('accounts that are off as at first', (await compare(grove)).off, before.off);
  await kim(`GET ${contoso.path}`);

  chapter('A customer moves to another reseller, who must offer what it has');
  const line = `POST ${fabrikam.path}/move`;
  const body = { parentId: west.id };
  const { lost } = (await catalog(`${line}?dryRun=true`, { body })).body;
  for (const [what, ids] of Object.entries<string[]>(lost))
    if (ids.length > 0) console.log(`      would lose ${what}: ${ids.join(', ')}`);
  same(
    'services and collections that would be lost',
    [lost.services.length, lost.collections.length],
    [1, 1],
  );
  await catalog(line, { body, expect: 409 });
  await catalog(`PUT ${west.path}/offers/${mail.id}`);
  const [dora] = (await catalog(`GET ${fabrikam.path}/users?role=PARTIAL_USER_ADMINISTRATOR`)).body.items;
  const own = { role: { preset: 'PARTIAL_USER_ADMINISTRATOR' } };
  await catalog(`PATCH ${fabrikam.path}/users/${dora.id}`, { body: own, ifMatch: '*' });
  const left = (await catalog(`${line}?dryRun=true`, { body })).body.lost;
  same('lost', Object.values<string[]>(left).flat(), []);
  const moved = await catalog(line, { body });
  await west.admin(`GET ${fabrikam.path}`);
  await south.admin(`GET ${fabrikam.path}`, { expect: 404 });
  await stage.idle();
  same('the move', (await catalog(`GET ${moved.headers.get('location')}`)).body.status, 'Provisioned');
  await compare(grove);

  chapter('A reseller moves with everything below it');
  const subtree = `POST ${south.path}/move`;
  await catalog(`POST ${west.path}/move`, { body: { parentId: fabrikam.id }, expect: 409 });
  await catalog(`PUT ${west.path}/offers/${backup.id}`);
  same('nodes', (await catalog(`${subtree}?dryRun=true`, { body })).body.nodes, 2);
  await catalog(subtree, { body });
  await west.admin(`GET ${contoso.path}`);
  await north.admin(`GET ${contoso.path}`, { expect: 404 });
  await compare(grove);
  await catalog(`DELETE ${west.path}/offers/${mail.id}`, { ifMatch: '*', expect: 409 });
  await catalog(`DELETE ${north.path}/offers/${mail.id}`, { ifMatch: '*' });

  chapter('A customer is deprovisioned and deleted; its archive stays');
  const domain = `trial-${mark}.example`;
  const trial = await south.admin('POST /v1/customers', {
    body: { name: `Trial ${mark}`, email: `it@${domain}`, domain, customerType: 'DEMO' },
  });
  const path = `/v1/customers/${trial.body.id}`;
  await south.admin(`POST ${path}/provision`);
  await stage.idle();
  await south.admin(`PUT ${path}/services/${mail.id}`, { body: { planId: mail.plan } });
  await compare(grove);
  await south.admin(`DELETE ${path}`, { ifMatch: '*', expect: 409 });
  await south.admin(`DELETE ${path}/services/${mail.id}`, { ifMatch: '*' });
  await stage.idle();
  await south.admin(`POST ${path}/deprovision`);
  await stage.idle();
  await compare(grove);
  await south.admin(`DELETE ${path}`, { ifMatch: '*' });
  await south.admin(`GET ${path}`, { expect: 404 });
  await catalog(`GET /v1/archived-customers/${trial.body.id}`);
  await compare(grove);
}
