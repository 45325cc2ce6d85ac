import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { subscribers } from '../../functions/provisioning/subscribers.ts';
import type { Template } from '../../infra/local/resolve.ts';
import type { RunningStack } from '../../infra/local/stack.ts';
import { bringUp, doorOf, openDesk, stageOf } from '../kit/stack.ts';

/** Takes one action from every policy whose logical id names a function. */
function without(action: string, owner: RegExp) {
  let taken = 0;
  const edit = (template: Template) => {
    for (const [id, resource] of Object.entries(template.Resources)) {
      if (resource.Type !== 'AWS::IAM::Policy' || !owner.test(id)) continue;
      const { PolicyDocument } = resource.Properties as {
        PolicyDocument: { Statement: { Action: string | string[] }[] };
      };
      for (const statement of PolicyDocument.Statement) {
        const actions = [statement.Action].flat();
        if (!actions.includes(action)) continue;
        taken++;
        statement.Action = actions.filter((one) => one !== action);
      }
    }
  };
  return { edit, taken: () => taken };
}

const cut = without('dynamodb:Query', /^PlatformApi/);
const late = without('dynamodb:BatchGetItem', /^ProvisioningReactions/);
let stack: RunningStack;
let warnings: string[];
beforeAll(async () => {
  const editTemplate = (template: Template) => {
    cut.edit(template);
    late.edit(template);
  };
  ({ stack, warnings } = await bringUp({ editTemplate }));
});
afterAll(() => stack?.stop());

it('a grant taken from the template is missed here, with the statement that would give it', async () => {
  expect(cut.taken()).toBeGreaterThan(0);
  const operator = await doorOf(stack, 'operator@platform.example');
  expect((await operator('GET /v1/me')).status).toBe(200);
  expect(stack.denials()).toEqual([]);
  const refused = await operator('GET /v1/providers');
  expect(refused).toMatchObject({ status: 500, body: { code: 'service.unexpected' } });
  expect(JSON.stringify(refused.body)).not.toMatch(/arn:|Query|AccessDenied/);
  expect(stack.denials()[0]).toMatchObject({
    action: 'dynamodb:Query',
    missing: { Effect: 'Allow', Action: 'dynamodb:Query' },
  });
  expect(warnings.join('\n')).toContain('Missing statement');
});

it('a reaction that fails hides its message for longer, as its own policy allows', async () => {
  const before = stack.denials().map(({ action }) => action);
  expect(late.taken()).toBeGreaterThan(0);
  const { admin } = await openDesk(stageOf(stack));
  const domain = `${randomUUID().slice(0, 8)}.example`;
  const { body } = await admin('POST /v1/customers', {
    body: { name: `Late ${domain.slice(0, 8)}`, email: `it@${domain}`, domain },
  });
  await admin(`POST /v1/customers/${body.id}/provision`);
  await stack.idle(60);
  const tried = Object.values(stack.deadLetters()).reduce((sum, one) => sum + one, 0);
  expect(tried).toBe(1);
  const unused = stack.unusedGrants().map(({ function: name, action }) => `${name} ${action}`);
  const idle = unused.filter((one) => /^ProvisioningReactions.*ChangeMessageVisibility/.test(one));
  expect(idle).toHaveLength(subscribers.length - 1); // each queue has its grant, one had to be used
  const denied = new Set(stack.denials().map(({ action }) => action));
  expect([...denied]).toEqual([...before, 'dynamodb:BatchGetItem']);
  expect(warnings.join('\n')).not.toContain('sqs:');
});
