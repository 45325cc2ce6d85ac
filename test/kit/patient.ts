import { patience } from '../../lib/aws/world.ts';

// One process stands for many functions here: what waits is its own event loop, not the store.
Object.assign(patience, { connectionTimeout: 60_000, requestTimeout: 60_000 });
