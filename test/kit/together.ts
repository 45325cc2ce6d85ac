import { afterAll, expect } from 'vitest';
import { patience } from '../../lib/aws/world.ts';
import { listen } from './cost.ts';
import { listenForFaults } from './faults.ts';
import { listenToAll } from './heard.ts';

// Files share a process, and what they import is loaded once: what a file turns, it has to turn back.
listen();
listenForFaults();
listenToAll();
const before = { ...process.env };
const patient = { ...patience };
/** Set by Powertools when it is loaded, and by vitest itself. */
const others = /^(AWS_SDK_UA_APP_ID$|VITEST)/;

afterAll(() => {
  const changed = [...new Set([...Object.keys(before), ...Object.keys(process.env)])].filter(
    (name) => before[name] !== process.env[name] && !others.test(name),
  );
  for (const name of changed) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
  expect(patience, 'This file changes the patience of all: name it in `alone` in vitest.config.ts').toEqual(
    patient,
  );
  expect(changed, 'This file changes its environment: name it in `alone` in vitest.config.ts').toEqual([]);
});
