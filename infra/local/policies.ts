import type { Stack } from './template.ts';

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | string[];
  readonly NotAction?: string | string[];
  readonly Resource?: string | string[];
  readonly NotResource?: string | string[];
  readonly Condition?: Record<string, Record<string, string | string[]>>;
}

interface Document {
  readonly Version?: string;
  readonly Statement: Statement | Statement[];
}

export interface Policy {
  readonly name: string;
  readonly policy: { readonly Version: string; readonly Statement: Statement[] };
}

/** A role of the template with every policy that the template attaches to it. */
export interface Role {
  readonly arn: string;
  readonly name: string;
  readonly policies: readonly Policy[];
}

interface RoleProperties {
  readonly RoleName?: string;
  readonly Policies?: { PolicyName: string; PolicyDocument: Document }[];
  readonly ManagedPolicyArns?: string[];
  readonly AssumeRolePolicyDocument?: unknown;
}

interface PolicyProperties {
  readonly PolicyName?: string;
  readonly PolicyDocument: Document;
  readonly Roles?: string[];
}

// What AWS's own policies grant to a function that the template lets log or trace with them.
const managed: Record<string, Statement> = {
  AWSLambdaBasicExecutionRole: {
    Effect: 'Allow',
    Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: '*',
  },
  AWSXRayDaemonWriteAccess: {
    Effect: 'Allow',
    Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    Resource: '*',
  },
};

/** Roles by ARN. */
export function readRoles(stack: Stack): Map<string, Role> {
  const attached = stack.all<PolicyProperties>('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy');
  const roles = new Map<string, Role>();
  for (const { id, properties } of stack.all<RoleProperties>('AWS::IAM::Role')) {
    const name = properties.RoleName ?? `${stack.place.stackName}-${id}`;
    const arn = `arn:aws:iam::${stack.place.account}:role/${name}`;
    const policies = [
      ...(properties.Policies ?? []).map((one) => toPolicy(one.PolicyName, one.PolicyDocument)),
      ...attached
        .filter((one) => one.properties.Roles?.includes(name))
        .map((one) => toPolicy(one.properties.PolicyName ?? one.id, one.properties.PolicyDocument)),
      ...(properties.ManagedPolicyArns ?? []).flatMap((one) => {
        const known = managed[one.split('/').pop() ?? ''];
        return known ? [toPolicy(one, { Statement: known })] : [];
      }),
    ];
    roles.set(arn, { arn, name, policies });
  }
  return roles;
}

function toPolicy(name: string, document: Document): Policy {
  const statements = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  return { name, policy: { Version: document.Version ?? '2012-10-17', Statement: statements } };
}

export function listOf(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

/** Policies of resources by the resource's ARN: keys, for KMS allows nothing without one, and buckets. */
export function readResourcePolicies(stack: Stack): Map<string, unknown> {
  const keys = stack.all<{ KeyPolicy?: Document }>('AWS::KMS::Key');
  const buckets = stack.all<{ Bucket: string; PolicyDocument: Document }>('AWS::S3::BucketPolicy');
  return new Map([
    ...keys.map(({ id, properties }) => [stack.arnOf(id), properties.KeyPolicy] as const),
    ...buckets.map(
      ({ properties }) => [`arn:aws:s3:::${properties.Bucket}`, properties.PolicyDocument] as const,
    ),
  ]);
}

/** Who may take on which role, by the role's ARN. */
export function readTrust(stack: Stack): Map<string, unknown> {
  return new Map(
    stack
      .all<RoleProperties>('AWS::IAM::Role')
      .map(({ id, properties }) => [stack.arnOf(id), properties.AssumeRolePolicyDocument]),
  );
}
