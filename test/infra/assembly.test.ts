import { readFileSync, rmSync } from 'node:fs';
import { App, NestedStack, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Metafile } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import { functionsIn, pascal } from '../../infra/bundle.ts';
import { inspect, reasons } from '../../infra/nag.ts';
import { describeSizes } from '../../infra/sizes.ts';
import { ofType, properties, synthesized } from '../kit/synth.ts';

const { stacks, directory } = synthesized();

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe.each(stacks)('$name', ({ name, region, template, sizes, terminationProtection }) => {
  it('carries stage and region in its name and cannot be deleted by accident', () => {
    expect(name).toMatch(new RegExp(`^quartermaster-[a-z]+-${region}$`));
    expect(terminationProtection).toBe(true);
  });

  it('refers to no other region and no other stack', () => {
    const regions = JSON.stringify(template).match(/\b(?:eu|us|ap|sa|ca|me|af)-[a-z]+-\d\b/g) ?? [];
    expect([...new Set(regions)]).toEqual([region]);
    for (const [property] of properties(template)) expect(property).not.toBe('Fn::ImportValue');
    expect(ofType(template, 'Custom::CrossRegionExportReader')).toEqual([]);
  });

  it('replicates nothing out of its region', () => {
    expect(ofType(template, 'AWS::DynamoDB::GlobalTable')).toEqual([]);
    for (const [, { Properties }] of ofType(template, 'AWS::S3::Bucket'))
      expect(Properties.ReplicationConfiguration).toBeUndefined();
  });

  it('is one stack with a nested one per context', () => {
    const nested = sizes.filter(({ name: file }) => file.endsWith('.nested'));
    expect(sizes).toHaveLength(contexts.length + 1);
    expect(nested).toHaveLength(contexts.length);
    for (const context of contexts)
      expect(nested.filter((one) => one.name.includes(`${pascal(context.name)}Context`))).toHaveLength(1);
  });

  it('keeps a distance from the limits of 500 resources, 200 parameters, 200 outputs and 1 MB', () => {
    process.stdout.write(`${describeSizes(name, sizes)}\n`);
    for (const { name: file, resources, parameters, outputs, bytes } of sizes) {
      expect(resources, file).toBeLessThanOrEqual(400);
      expect(parameters, file).toBeLessThanOrEqual(150);
      expect(outputs, file).toBeLessThanOrEqual(150);
      expect(bytes, file).toBeLessThanOrEqual(900_000);
    }
  });

  it('keeps what holds data out of the nested ones', () => {
    const data = ['DynamoDB::Table', 'S3::Bucket', 'Cognito::UserPool', 'KMS::Key', 'SecretsManager::Secret'];
    for (const { name: file, types } of sizes.filter((one) => one.name.endsWith('.nested')))
      expect(
        types.filter((type) => data.some((one) => type === `AWS::${one}`)),
        file,
      ).toEqual([]);
  });

  it('keeps a distance from the limit of 2,500 resources in one operation', () => {
    expect(sizes.reduce((sum, { resources }) => sum + resources, 0)).toBeLessThanOrEqual(2000);
  });

  it('keeps what holds data when the stack goes', () => {
    for (const type of [
      'AWS::DynamoDB::Table',
      'AWS::S3::Bucket',
      'AWS::Logs::LogGroup',
      'AWS::Cognito::UserPool',
    ])
      for (const [id, { DeletionPolicy }] of ofType(template, type))
        expect(DeletionPolicy, id).toBe('Retain');
  });

  it('names a bundle for each function', () => {
    for (const [, { Properties }] of ofType(template, 'AWS::Lambda::Function')) {
      expect(Properties.Handler).toBe('index.handler');
      expect(Properties.Code.S3Key).toMatch(/^[0-9a-f]{64}\.zip$/);
    }
  });
});

it('gives the stacks of all regions the same code', () => {
  const keys = stacks.map(({ template }) =>
    ofType(template, 'AWS::Lambda::Function')
      .map(([, { Properties }]) => Properties.Code.S3Key)
      .sort(),
  );
  for (const other of keys) expect(other).toEqual(keys[0]);
});

describe('bundles', () => {
  const { outputs }: Metafile = JSON.parse(readFileSync(`${directory}/metafile.json`, 'utf8'));
  const bundles = functionsIn(outputs);

  it.each(bundles)('$entryPoint has at most 500 KB', ({ bytes }) => {
    expect(bytes).toBeLessThanOrEqual(500_000);
  });

  it.each(bundles.filter(({ entryPoint }) => /\/api\.ts$/.test(entryPoint)))(
    '$entryPoint loads its routes with their first request: at most 230 KB before',
    ({ atStart }) => {
      expect(atStart).toBeLessThanOrEqual(230_000);
    },
  );

  it.each(bundles.filter(({ entryPoint }) => /\/(?:api|pages|agent[-a-z]*)\.ts$/.test(entryPoint)))(
    '$entryPoint asks AWS without the SDK',
    ({ inputs }) => {
      expect(inputs.filter((file) => /^node_modules\/@(?:aws-sdk|smithy)\//.test(file))).toEqual([]);
    },
  );

  it.each(bundles)('$entryPoint holds nothing of infrastructure, tests or development', ({ inputs }) => {
    expect(inputs.filter((file) => /^(infra|test|bench)\//.test(file))).toEqual([]);
    const development = [
      'aws-cdk-lib',
      'vitest',
      'esbuild',
      'oauth2-mock-server',
      'swagger-ui-dist',
      '@dynoxide',
    ];
    for (const name of development)
      expect(inputs.filter((file) => file.startsWith(`node_modules/${name}`))).toEqual([]);
  });
});

describe('cdk-nag', () => {
  it.each<[string, (stack: Stack) => Stack]>([
    ['a stack', (stack) => stack],
    ['a nested stack', (stack) => new NestedStack(stack, 'Inner')],
  ])('fails the synthesis for a finding in %s that nobody acknowledged', (place, find) => {
    const app = new App({ outdir: `${directory}/${place}`, analyticsReporting: false });
    new Bucket(find(new Stack(app, 'Open')), 'Bucket');
    inspect(app);
    expect(() => app.synth()).toThrow(/AwsSolutions-S1\b/);
  });

  it('is answered in full sentences', () => {
    for (const reason of Object.values(reasons).flatMap((part) => Object.values(part)))
      expect(reason).toMatch(/^[A-Z][^.]{40,}\.$/);
  });
});
