import { afterEach, expect, it } from 'vitest';
import type { Statement } from '../../infra/local/policies.ts';
import type { Template } from '../../infra/local/resolve.ts';
import { type RunningStack, startStack } from '../../infra/local/stack.ts';
import { writeAssembly } from './fixture.ts';

let stack: RunningStack | undefined;

afterEach(() => stack?.stop());

/** Takes one action out of a policy of the template. */
function revoke(template: Template, policy: string, action: string): void {
  const document = template.Resources[policy]?.Properties?.PolicyDocument as { Statement: Statement[] };
  document.Statement = document.Statement.map((one) => ({
    ...one,
    Action: [one.Action ?? []].flat().filter((name) => name !== action),
  })).filter(({ Action }) => Action.length > 0);
}

async function run(
  policy: string,
  action: string,
  edit = (template: Template) => revoke(template, policy, action),
) {
  const warnings: string[] = [];
  stack = await startStack({
    assembly: writeAssembly(),
    longestRetrySeconds: 0.05,
    editTemplate: edit,
    warn: (sentence) => warnings.push(sentence),
  });
  const body = JSON.stringify({ id: 'one', ev: 'order.placed' });
  const response = await fetch(`${stack.url}/items`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  return { response, warnings, stack };
}

it('answers AccessDenied and names the missing statement when a grant is taken away', async () => {
  const { response, warnings } = await run('ApiPolicy', 'dynamodb:PutItem');
  expect(response.status).toBe(500);
  const [denial] = stack?.denials() ?? [];
  expect(denial).toMatchObject({ function: 'Api', action: 'dynamodb:PutItem' });
  expect(denial?.message).toContain(
    'is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table/fixture-Table',
  );
  expect(warnings.join()).toContain('"Action":"dynamodb:PutItem"');
});

it('refuses events of a function without the grant', async () => {
  const { response, stack: running } = await run('OutboxPolicy', 'events:PutEvents');
  expect(response.status).toBe(201);
  await expect
    .poll(() => running.denials().map(({ action }) => action), { timeout: 60_000 })
    .toContain('events:PutEvents');
  expect(await running.mails()).toEqual([]);
});

it('refuses mail of a function without the grant, and the message ends with the dead letters', async () => {
  const { stack: running } = await run('MailerPolicy', 'ses:SendEmail');
  await expect.poll(() => Object.values(running.deadLetters()), { timeout: 60_000 }).toEqual([1]);
  expect(running.denials()[0]).toMatchObject({
    action: 'ses:SendEmail',
    resource: 'arn:aws:ses:us-east-1:000000000000:identity/example.com',
  });
});

it('reads a queue only with the right to', async () => {
  const { stack: running } = await run('MailerPolicy', 'sqs:ReceiveMessage');
  await expect
    .poll(() => running.denials().map(({ action }) => action), { timeout: 60_000 })
    .toContain('sqs:ReceiveMessage');
});

it('invokes and delivers only where the resource allows it', async () => {
  const { response, stack: closed } = await run('', '', ({ Resources }) => {
    delete Resources.Invoke;
  });
  expect(response.status).toBe(500);
  expect(closed.denials()).toMatchObject([
    { function: 'apigateway.amazonaws.com', action: 'lambda:InvokeFunction' },
  ]);
  await closed.stop();
  const { stack: silent } = await run('', '', ({ Resources }) => {
    delete Resources.QueuePolicy;
  });
  await expect
    .poll(() => silent.denials(), { timeout: 60_000 })
    .toMatchObject([{ function: 'events.amazonaws.com', action: 'sqs:SendMessage' }]);
});
