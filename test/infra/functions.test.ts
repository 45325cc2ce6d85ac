import { globSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { describe, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import { type Role, readResourcePolicies, readRoles } from '../../infra/local/policies.ts';
import { makeStack } from '../../infra/local/template.ts';
import { environment } from '../../lib/aws/env.ts';
import { platformId } from '../../lib/kit/id.ts';
import { partition } from '../../lib/kit/keys.ts';
import { ofType, properties, target, wired } from '../kit/synth.ts';
import { sample } from './sample.ts';

const template = wired([...contexts, sample]);
const functions = ofType(template, 'AWS::Lambda::Function');
const policies = ofType(template, 'AWS::IAM::Policy');

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
}

const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

function statementsOf(role: unknown): Statement[] {
  return policies
    .filter(([, { Properties }]) => Properties.Roles.some((held: unknown) => target(held) === target(role)))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
}

describe.each(functions)('%s', (_, { Properties: fn }) => {
  const statements = statementsOf(fn.Role);
  const allowed = statements.filter(({ Effect }) => Effect === 'Allow');

  it('runs on Node 24 and arm64 with explicit memory', () => {
    expect(fn).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: expect.any(Number),
    });
  });

  it('ends in time and cannot take all instances', () => {
    expect(fn.Timeout).toBeLessThanOrEqual(60);
    expect(fn.ReservedConcurrentExecutions).toBeGreaterThan(0);
    expect(fn.RecursiveLoop).toBe('Terminate');
  });

  it('is traced, and logs JSON to its own group for 90 days', () => {
    expect(fn.TracingConfig.Mode).toBe('Active');
    expect(fn.LoggingConfig.LogFormat).toBe('JSON');
    const group = target(fn.LoggingConfig.LogGroup) ?? '';
    expect(template.Resources[group]?.Properties.RetentionInDays).toBe(90);
    expect(
      functions.filter(([, other]) => target(other.Properties.LoggingConfig.LogGroup) === group),
    ).toHaveLength(1);
  });

  it('has a role of its own without managed policies', () => {
    const role = template.Resources[target(fn.Role) ?? ''];
    expect(role?.Properties.ManagedPolicyArns).toBeUndefined();
    expect(functions.filter(([, other]) => target(other.Properties.Role) === target(fn.Role))).toHaveLength(
      1,
    );
  });

  it('is allowed named actions only, on named resources', () => {
    const anywhere = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'dynamodb:ListStreams'];
    for (const { Action, Resource } of allowed) {
      for (const action of list(Action)) expect(action).toMatch(/^[a-z0-9]+:[A-Za-z]+$/);
      if (list(Resource).includes('*')) expect(anywhere).toEqual(expect.arrayContaining(list(Action)));
    }
  });

  it('may not scan, nor change audit or ledger entries', () => {
    const actions = allowed.flatMap(({ Action }) => list(Action));
    for (const never of ['dynamodb:Scan', 'dynamodb:PartiQLSelect', 'dynamodb:DeleteTable'])
      expect(actions).not.toContain(never);
    const notes = [partition(platformId, 'ANCHOR_DUE')];
    for (const change of ['dynamodb:UpdateItem', 'dynamodb:DeleteItem'].filter((action) =>
      actions.includes(action),
    )) {
      const granted = allowed.filter(({ Action }) => list(Action).includes(change));
      const bound = granted.map(
        ({ Condition }) => Condition?.['ForAllValues:StringEquals']?.['dynamodb:LeadingKeys'],
      );
      if (isDeepStrictEqual(bound, [notes])) continue;
      const kept = statements
        .filter(({ Effect, Action }) => Effect === 'Deny' && list(Action).includes(change))
        .flatMap(({ Condition }) => Condition?.['ForAnyValue:StringLike']?.['dynamodb:LeadingKeys']);
      expect(kept).toEqual(['T#*#AUDIT', 'T#*#ENTRY', 'T#*#SEAL', 'T#*#ANCHOR_DUE']);
    }
  });

  it('has only environment variables that the code knows, and no secret in them', () => {
    const known: string[] = Object.values(environment).flat();
    for (const [name, value] of Object.entries(fn.Environment.Variables)) {
      expect(known).toContain(name);
      const text = JSON.stringify(value);
      expect(text).not.toMatch(/resolve:secretsmanager|password|BEGIN [A-Z ]*KEY/i);
      // Names of other resources are long.
      if (typeof value === 'string') expect(text).not.toMatch(/[A-Za-z0-9+/]{40,}/);
    }
  });
});

const agentFunctions = contexts.flatMap(({ agent }) => (agent ? [agent, ...(agent.apart ?? [])] : [])).length;
const pageFunctions = contexts.filter(({ pages }) => pages).length;

describe('functions together', () => {
  it('leave at least 100 of 1,000 instances unreserved', () => {
    const reserved = functions.reduce(
      (sum, [, { Properties }]) => sum + Properties.ReservedConcurrentExecutions,
      0,
    );
    expect(reserved).toBeLessThanOrEqual(900);
  });

  it('behind the gateway answer before it gives up', () => {
    const integrated = ofType(template, 'AWS::ApiGatewayV2::Integration').map(([, { Properties }]) =>
      target(Properties.IntegrationUri),
    );
    expect(integrated.length).toBe(contexts.length + 2 + agentFunctions + pageFunctions);
    for (const id of integrated) expect(template.Resources[id ?? '']?.Properties.Timeout).toBeLessThan(29);
  });

  it('are never invoked asynchronously, so that nothing is lost without a dead-letter queue', () => {
    const targets = ofType(template, 'AWS::Events::Rule').flatMap(
      ([, { Properties }]) => Properties.Targets ?? [],
    );
    for (const { Arn } of targets)
      expect(template.Resources[target(Arn) ?? '']?.Type).toBe('AWS::SQS::Queue');
    expect(ofType(template, 'AWS::SNS::Subscription')).toEqual([]);
  });

  it('read the cursor secret through its own API, never through the template', () => {
    for (const [, value] of properties(template)) expect(String(value)).not.toContain('{{resolve:');
    const [secret] = ofType(template, 'AWS::SecretsManager::Secret');
    expect(secret?.[1].Properties.GenerateSecretString.PasswordLength).toBeGreaterThanOrEqual(32);
  });

  it('send mail from one address only', () => {
    const sending = policies
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement as Statement[])
      .filter(({ Action }) => list(Action).includes('ses:SendEmail'));
    expect(sending.length).toBeGreaterThan(0);
    for (const { Condition } of sending)
      expect(Condition).toEqual({ StringEquals: { 'ses:FromAddress': 'qm@example.com' } });
  });
});

it('stores of contexts that are granted no single reads make none', () => {
  const without = contexts.filter(({ needs, reactionNeeds }) =>
    [needs, reactionNeeds].every((one) => !one?.table?.includes('get')),
  );
  const reading = without.flatMap(({ name }) =>
    globSync(`lib/${name}/*store.ts`).filter((path) =>
      /import \{[^}]*\bget\b[^}]*\} from '\.\.\/aws\/db\.ts'/.test(readFileSync(path, 'utf8')),
    ),
  );
  expect(without.length).toBeGreaterThan(0);
  expect(reading).toEqual([]);
});

describe('the audit and its seals', () => {
  const place = { account: '000000000000', region: 'us-east-1', stackName: 'quartermaster-test-us-east-1' };
  const stack = makeStack({
    ...{ template: template as never, place, assembly: '', assets: new Map() },
    replace: () => ({}),
  });
  const roles = [...readRoles(stack).values()];
  const policies = readResourcePolicies(stack);
  const [table] = stack.all('AWS::DynamoDB::Table');
  const tableArn = stack.arnOf(table?.id ?? '');
  const leading = (...keys: string[]) => ({ 'dynamodb:LeadingKeys': keys });
  const customer = `T#cus_${'0'.repeat(26)}`;

  async function may(
    { arn, policies: own }: Pick<Role, 'arn' | 'policies'>,
    asked: { action: string; resource: string; context: Record<string, string | string[]> },
  ): Promise<boolean> {
    const policy = policies.get(asked.resource.split('/')[0] ?? '');
    const outcome = await runSimulation(
      {
        request: {
          principal: arn,
          action: asked.action,
          resource: { resource: asked.resource, accountId: place.account },
          contextVariables: asked.context,
        },
        identityPolicies: own.map(({ name, policy: one }) => ({ name, policy: one })),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        ...(policy ? { resourcePolicy: policy } : {}),
      },
      {},
    );
    if (outcome.resultType === 'error') throw new Error(outcome.errors.message);
    return outcome.overallResult === 'Allowed';
  }
  const allowed = async (action: string, ...keys: string[]) => {
    const asked = { action, resource: tableArn, context: leading(...keys) };
    const answers = await Promise.all(roles.map((role) => may(role, asked)));
    return roles.flatMap(({ name }, index) =>
      answers[index] ? [name.replace(/^quartermaster-test-us-east-1-|Role[0-9A-F]+$/g, '')] : [],
    );
  };

  it.each(['AUDIT', 'SEAL'])('no role may change or delete what stands in %s', async (kind) => {
    for (const action of ['dynamodb:UpdateItem', 'dynamodb:DeleteItem']) {
      expect(await allowed(action, `${customer}#ITEM`)).not.toEqual([]);
      expect(await allowed(action, `${customer}#${kind}`)).toEqual([]);
      expect(await allowed(action, `${customer}#ITEM`, `${customer}#${kind}`)).toEqual([]);
    }
  });

  it('what writes entries puts no seals, and what puts seals writes nothing else', async () => {
    expect(await allowed('dynamodb:PutItem', `${customer}#SEAL`)).toEqual(['SealingAuditSealer']);
    for (const other of ['AUDIT', 'ENTRY', 'ITEM'])
      expect(await allowed('dynamodb:PutItem', `${customer}#${other}`)).not.toContain('SealingAuditSealer');
    expect(await allowed('dynamodb:PutItem', `${customer}#AUDIT`, `${customer}#SEAL`)).toEqual([]);
  });

  it('what is to be anchored is noted by one function and forgotten by one, and nothing else is by that', async () => {
    const notes = partition(platformId, 'ANCHOR_DUE');
    expect(await allowed('dynamodb:PutItem', notes)).toEqual(['SealingAuditSealer']);
    for (const action of ['dynamodb:DeleteItem', 'dynamodb:UpdateItem'])
      expect(await allowed(action, notes)).toEqual(
        action === 'dynamodb:DeleteItem' ? [expect.stringMatching(/AuditSchedules$/)] : [],
      );
    for (const other of [`${customer}#ITEM`, partition(platformId, 'DUE')])
      expect(await allowed('dynamodb:DeleteItem', other)).not.toContainEqual(
        expect.stringMatching(/AuditSchedules$/),
      );
  });

  it('anchors are put where there is none, by one function, and deleted by nobody, whatever else they may', async () => {
    const [bucket] = stack
      .all<{ ObjectLockEnabled?: boolean }>('AWS::S3::Bucket')
      .filter(({ properties }) => properties.ObjectLockEnabled);
    const resource = `${stack.arnOf(bucket?.id ?? '')}/anchors/prv_1/2026-01-01.json`;
    const context = { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3' };
    const once = { ...context, 's3:if-none-match': '*' };
    const root: Pick<Role, 'arn' | 'policies'> = {
      arn: `arn:aws:iam::${place.account}:role/Administrator`,
      policies: [
        {
          name: 'all',
          policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
        },
      ],
    };
    const putting = await Promise.all(
      roles.map((role) => may(role, { action: 's3:PutObject', resource, context: once })),
    );
    expect(roles.filter((_, index) => putting[index]).map(({ name }) => name)).toEqual([
      expect.stringMatching('AuditSchedules'),
    ]);
    for (const role of [...roles, root]) {
      expect(await may(role, { action: 's3:PutObject', resource, context })).toBe(false);
      for (const action of ['s3:DeleteObject', 's3:DeleteObjectVersion'])
        expect(await may(role, { action, resource, context: once })).toBe(false);
    }
    expect(await may(root, { action: 's3:PutObject', resource, context: once })).toBe(true);
    expect(await may(root, { action: 's3:GetObject', resource, context: once })).toBe(true);
  });
});
