import { synthesize } from '../app.ts';
import { deployment } from './assembly.ts';

// A process of its own: the construct library is large, and the runner does not need it.
synthesize({ deployments: [{ ...deployment }], outdir: process.argv[2] ?? 'cdk.out/local' });
