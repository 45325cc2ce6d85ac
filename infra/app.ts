import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { contexts } from '../functions/contexts.ts';
import { bundle } from './bundle.ts';
import { inspect } from './nag.ts';
import { type Deployment, Service } from './service.ts';
import { describeSizes, sizesOf } from './sizes.ts';

export type { Deployment } from './service.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Settings {
  readonly deployments: Deployment[];
  readonly context: Record<string, unknown>;
}

export interface SynthesisOptions {
  /** Those of cdk.json when absent. */
  readonly deployments?: Deployment[];
  /** Where the assembly goes; `cdk.out` when absent. */
  readonly outdir?: string;
}

/** Makes the cloud assembly: one stack per deployment, with a nested one per context. Throws when cdk-nag finds what nobody acknowledged. */
export function synthesize(options: SynthesisOptions = {}): CloudAssembly {
  const settings: Settings = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'));
  const outdir = options.outdir ?? process.env.CDK_OUTDIR ?? join(root, 'cdk.out');
  const app = new App({ outdir, context: settings.context, analyticsReporting: false, treeMetadata: false });
  const bundles = bundle(outdir);
  for (const deployment of options.deployments ?? settings.deployments)
    new Service(app, { deployment, bundles, contexts });
  inspect(app);
  return app.synth();
}

if (import.meta.main) {
  const started = performance.now();
  const { stacks, directory } = synthesize();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  for (const { stackName } of stacks) console.log(describeSizes(stackName, sizesOf(directory, stackName)));
  console.log(`cdk-nag: no unacknowledged error; ${stacks.length} stacks in ${seconds} s`);
}
