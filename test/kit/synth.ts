import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { synthesize } from '../../infra/app.ts';
import { readAssets, readTemplate } from '../../infra/local/assets.ts';
import { inspect } from '../../infra/nag.ts';
import { type Deployment, Service } from '../../infra/service.ts';
import { type Size, sizesOf } from '../../infra/sizes.ts';
import type { Context } from '../../lib/kit/context.ts';

/** A resource as it stands in a template. */
export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: the shape of properties is CloudFormation's, not ours.
  readonly Properties: any;
  readonly DeletionPolicy?: string;
  readonly DependsOn?: string | string[];
}

export interface StackTemplate {
  readonly Resources: Record<string, Resource>;
  readonly Outputs: Record<string, { Value: unknown }>;
}

export interface Stack {
  readonly name: string;
  readonly region: string;
  readonly terminationProtection: boolean;
  /** With all that is nested in it. */
  readonly template: StackTemplate;
  /** Of its own template and of those nested in it. */
  readonly sizes: readonly Size[];
}

export const deployments: Deployment[] = [
  { stage: 'prod', region: 'eu-central-1', sender: 'quartermaster@example.com' },
  { stage: 'prod', region: 'us-east-1', sender: 'quartermaster@example.com', domain: 'api.example.com' },
  { stage: 'local', region: 'us-east-1', sender: 'quartermaster@example.com', issuer: 'http://127.0.0.1:9' },
];

let made: { stacks: readonly Stack[]; directory: string } | undefined;

/** The real app, synthesized once per test process: Cognito, own domain, own issuer. */
export function synthesized(): { readonly stacks: readonly Stack[]; readonly directory: string } {
  if (made) return made;
  const directory = mkdtempSync(join(tmpdir(), 'synth-'));
  const { stacks } = unvalidated(() => synthesize({ deployments, outdir: directory }));
  made = {
    directory,
    stacks: stacks.map(({ stackName, environment, templateFullPath, terminationProtection }) => ({
      name: stackName,
      region: environment.region,
      terminationProtection: terminationProtection === true,
      template: read(directory, stackName, templateFullPath),
      sizes: sizesOf(directory, stackName),
    })),
  };
  return made;
}

/** `npm run synth` holds what is deployed against CloudFormation's own rules: a quarter of the time of a synthesis. */
function unvalidated<T>(make: () => T): T {
  const { CDK_VALIDATION } = process.env;
  process.env.CDK_VALIDATION = 'false';
  try {
    return make();
  } finally {
    if (CDK_VALIDATION === undefined) delete process.env.CDK_VALIDATION;
    else process.env.CDK_VALIDATION = CDK_VALIDATION;
  }
}

function read(outdir: string, stack: string, file: string): StackTemplate {
  return readTemplate(file, readAssets(outdir, stack)) as StackTemplate;
}

/** One stack of given contexts with empty bundles, for tests of the wiring itself. Throws on findings of cdk-nag. */
export function wired(contexts: readonly Context[], deployment: Partial<Deployment> = {}): StackTemplate {
  const outdir = mkdtempSync(join(tmpdir(), 'wired-'));
  const empty = join(outdir, 'empty');
  mkdirSync(empty);
  writeFileSync(join(empty, 'index.js'), 'exports.handler = async () => {};\n');
  const app = new App({
    ...{ outdir, analyticsReporting: false, treeMetadata: false },
    // Of CloudFormation's own rules `npm run synth` asks, for whole stacks.
    builtinCloudFormationValidation: false,
  });
  new Service(app, {
    contexts,
    bundles: { directory: () => empty, metafile: { inputs: {}, outputs: {} } },
    deployment: { stage: 'test', region: 'us-east-1', sender: 'qm@example.com', ...deployment },
  });
  inspect(app);
  const [stack] = app.synth().stacks;
  const template = read(outdir, stack?.stackName ?? '', stack?.templateFullPath ?? '');
  rmSync(outdir, { recursive: true, force: true });
  return template;
}

/** Names of the properties anywhere inside a value, with what they hold. */
export function* properties(value: unknown): Generator<[string, unknown]> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    yield [name, inner];
    yield* properties(inner);
  }
}

/** Resources of a type, as pairs of logical id and resource. */
export function ofType(template: StackTemplate, type: string): [string, Resource][] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}

/** The logical id that a `Ref` or `Fn::GetAtt` names, or nothing. */
export function target(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('Ref' in value) return String(value.Ref);
  if ('Fn::GetAtt' in value && Array.isArray(value['Fn::GetAtt'])) return String(value['Fn::GetAtt'][0]);
  return undefined;
}
