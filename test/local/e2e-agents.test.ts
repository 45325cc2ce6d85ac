import { afterAll, beforeAll, describe } from 'vitest';
import type { RunningStack } from '../../infra/local/stack.ts';
import { bringUp, quickly } from '../kit/stack.ts';
import { agentsStory } from './stories/agents.ts';
import { outageStory } from './stories/outage.ts';
import { probesStory } from './stories/probes.ts';

// One stack for all of them, with quicker heartbeats: each is played by tenants of its own.
let stack: RunningStack;
beforeAll(async () => {
  ({ stack } = await bringUp({ heartbeats: quickly }));
});
afterAll(() => stack?.stop());

const stories = { outage: outageStory, agents: agentsStory, probes: probesStory };
for (const [name, story] of Object.entries(stories)) describe(name, () => story(() => stack));
