import { startStack } from '../../infra/local/stack.ts';

// A process that a test can kill: runs the fixture's assembly on a folder and tells its addresses.
const [assembly = '', dir = ''] = process.argv.slice(2);
const stack = await startStack({ assembly, dir, longestRetrySeconds: 0.1 });
process.stdout.write(
  `${JSON.stringify({ url: stack.url, controlUrl: stack.controlUrl, inboxUrl: stack.inboxUrl })}\n`,
);
