import { synthesize } from '../app.ts';
import { deployment, localDirectory } from './assembly.ts';

// A process of its own: the construct library is large, and the runner does not need it.
const [, , outdir = 'cdk.out/local', directory] = process.argv;
synthesize({
  deployments: [{ ...deployment, ...(directory ? { directory: localDirectory } : {}) }],
  outdir,
});
