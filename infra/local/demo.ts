import type { Rhythm } from '../../lib/kit/context.ts';
import { readArguments } from './arguments.ts';
import { playAccess } from './demo-access.ts';
import { bill, lookBackOnTree } from './demo-bill.ts';
import { findStage, type Stage, same } from './demo-client.ts';
import { playCredits } from './demo-credits.ts';
import { whatIsMissing } from './demo-directory.ts';
import { changeLives } from './demo-life.ts';
import { tryPasswords } from './demo-logon.ts';
import { addCustomers, addUsers } from './demo-people.ts';
import { playProbes } from './demo-probes.ts';
import { begin, checkMails, lookBack, useCredits, useLicences } from './demo-story.ts';
import { plantTree } from './demo-tree.ts';
import { Stop } from './failure.ts';

interface Story {
  readonly about: string;
  readonly samba?: boolean;
  /** Of a stack that is started for it: those of the cloud are slow to watch. */
  readonly heartbeats?: Rhythm;
  play(stage: Stage): Promise<void>;
}

const stories: Readonly<Record<string, Story>> = {
  main: {
    about: 'MSP mode, customers, licences, credits, notices (the default)',
    async play(stage) {
      const made = await begin(stage);
      await useLicences(stage, made);
      await useCredits(stage, made);
      await lookBack(made);
      await checkMails(stage, made);
    },
  },
  tree: {
    about: 'resellers, users and services against a real Active Directory (Samba, as root)',
    samba: true,
    async play(stage) {
      const grove = await plantTree(stage);
      const tenants = await addCustomers(grove);
      await addUsers(grove, tenants);
      await tryPasswords(grove, tenants);
      await changeLives(grove, tenants);
      await bill(grove);
      await lookBackOnTree(grove);
    },
  },
  credits: {
    about: 'catalogue, marketplaces, service requests and the credits that they take',
    play: playCredits,
  },
  probes: {
    about: 'two customers and four agents, one behind a proxy: inventories, limits, an outage',
    heartbeats: { intervalSeconds: 5, silenceSeconds: 15 },
    play: playProbes,
  },
  access: {
    about:
      'a trial, an MSP licence, machines, an import confirmed in a browser, a delegated session, a removal',
    heartbeats: { intervalSeconds: 5, silenceSeconds: 15 },
    play: playAccess,
  },
};

const known = Object.entries(stories).map(
  ([one, { about }]) => `  npm run demo -- ${one.padEnd(8)} ${about}`,
);
const usage = `Usage: npm run demo -- [story] [--data <directory>]
${known.join('\n')}
The stack that runs on that directory (\`.data\`, or what \`npm start -- --data\` was given) is found by itself, whatever its port; where none runs one is started.`;

try {
  const options = { data: { type: 'string', default: '.data' } } as const;
  const { values, positionals } = readArguments({ options, allowPositionals: true }, usage);
  process.exitCode = await tell(positionals[0] ?? 'main', values.data);
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function tell(name: string, dir: string): Promise<number> {
  const story = Object.hasOwn(stories, name) ? stories[name] : undefined;
  if (!story) throw new Stop(`There is no story ${JSON.stringify(name)}. There are:\n${known.join('\n')}`);
  const missing = story.samba ? whatIsMissing() : undefined;
  if (missing) throw new Stop(missing);
  const stage = await findStage(dir, story);
  return await play(story, stage).finally(() => stage.close());
}

async function play(story: Story, stage: Stage): Promise<number> {
  try {
    await story.play(stage);
    same('IAM denials', (await stage.denials()).length, 0);
    console.log('\nThe story went as told.');
    return 0;
  } catch (error) {
    console.error(`\nThe story went another way: ${(error as Error).message}`);
    return 1;
  }
}
