import { afterAll, beforeAll, describe } from 'vitest';
import type { RunningStack } from '../../infra/local/stack.ts';
import { bringUp } from '../kit/stack.ts';
import { accessStory } from './stories/access.ts';
import { creditsStory } from './stories/credits.ts';
import { expiryStory } from './stories/expiry.ts';
import { floodStory } from './stories/flood.ts';
import { licencesStory } from './stories/licences.ts';
import { moneyStory } from './stories/money.ts';
import { demoStory } from './stories/story.ts';
import { tracesStory } from './stories/traces.ts';

// One stack for all of them: each is played by tenants of its own. An hour of the clock takes five seconds.
let stack: RunningStack;
beforeAll(async () => {
  ({ stack } = await bringUp({ hourSeconds: 5 }));
});
afterAll(() => stack?.stop());

const stories = {
  demo: demoStory,
  traces: tracesStory,
  credits: creditsStory,
  licences: licencesStory,
  expiry: expiryStory,
  access: accessStory,
  money: moneyStory,
  flood: floodStory,
};
for (const [name, story] of Object.entries(stories)) describe(name, () => story(() => stack));
