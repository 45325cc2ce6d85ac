import { synthesize } from '../app.ts';
import { type AssemblyOptions, deployment, localDirectory } from './assembly.ts';

// A process of its own: the construct library is large, and the runner does not need it.
const [, , outdir = 'cdk.out/local', options = '{}'] = process.argv;
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
