import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import { environment } from '../../lib/aws/env.ts';
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
    for (const change of ['dynamodb:UpdateItem', 'dynamodb:DeleteItem'].filter((action) =>
      actions.includes(action),
    )) {
      const kept = statements
        .filter(({ Effect, Action }) => Effect === 'Deny' && list(Action).includes(change))
        .flatMap(({ Condition }) => Condition?.['ForAnyValue:StringLike']?.['dynamodb:LeadingKeys']);
      expect(kept).toEqual(['T#*#AUDIT', 'T#*#ENTRY', 'T#*#SEAL']);
    }
  });

  it('has only environment variables that the code knows, and no secret in them', () => {
    const known: string[] = Object.values(environment).flat();
    for (const [name, value] of Object.entries(fn.Environment.Variables)) {
      expect(known).toContain(name);
      const text = JSON.stringify(value);
      expect(text).not.toMatch(/resolve:secretsmanager|password|BEGIN [A-Z ]*KEY/i);
      expect(text).not.toMatch(/[A-Za-z0-9+/]{40,}/);
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
