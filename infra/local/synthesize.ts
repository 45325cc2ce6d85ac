import { synthesize } from '../app.ts';
import { type AssemblyOptions, deployment, localDirectory } from './assembly.ts';

// A process of its own: the construct library is large, and the runner does not need it.
const [, , outdir = 'cdk.out/local', options = '{}'] = process.argv;
// `npm run synth` holds what is deployed against CloudFormation's own rules: a quarter of the time of a synthesis.
process.env.CDK_VALIDATION ??= 'false';
const { directory, heartbeats }: AssemblyOptions = JSON.parse(options);
synthesize({
  deployments: [
    {
      ...deployment,
      ...(directory ? { directory: localDirectory } : {}),
      ...(heartbeats ? { heartbeats } : {}),
    },
  ],
  outdir,
});
