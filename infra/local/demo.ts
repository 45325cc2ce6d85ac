import { parseArgs } from 'node:util';
import { findStage, same } from './demo-client.ts';
import { playCredits } from './demo-credits.ts';
import { begin, checkMails, lookBack, useCredits, useLicences } from './demo-story.ts';

const { values, positionals } = parseArgs({
  options: { data: { type: 'string', default: '.data' } },
  allowPositionals: true,
});

const stage = await findStage(values.data);
try {
  if (positionals[0] === 'credits') await playCredits(stage);
  else {
    const made = await begin(stage);
    await useLicences(stage, made);
    await useCredits(stage, made);
    await lookBack(made);
    await checkMails(stage, made);
  }
  same('IAM denials', (await stage.denials()).length, 0);
  console.log('\nThe story went as told.');
} catch (error) {
  console.error(`\nThe story went another way: ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  await stage.close();
}
