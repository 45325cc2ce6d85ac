import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressFile } from './attach.ts';
import { failed, misused, readCommand } from './command.ts';
import { people } from './people.ts';

const usage = `Usage: npm run -s token -- <e-mail | ${Object.keys(people).join(' | ')}> [--data <dir>]`;
const config = { allowPositionals: true, options: { data: { type: 'string', default: '.data' } } } as const;
const { values, positionals } = readCommand(config, usage);

try {
  const [who, ...more] = positionals;
  if (more.length > 0) misused(usage, `Either a role or an address, not both: ${positionals.join(' ')}`);
  process.stdout.write(`${await getToken(who)}\n`);
} catch (error) {
  failed(error);
}

async function getToken(who: string | undefined): Promise<string> {
  const email = who?.includes('@') ? who : people[(who ?? '').toUpperCase()];
  if (!email) misused(usage, who === undefined ? 'Whose token?' : `Nobody here is ${who}.`);
  const file = join(values.data, addressFile);
  if (!existsSync(file)) throw new Error('No stack is running here: start it with `npm start`.');
  const { issuerUrl } = JSON.parse(readFileSync(file, 'utf8')) as { issuerUrl: string };
  const response = await fetch(`${issuerUrl}/token`, {
    method: 'POST',
    body: new URLSearchParams({ email }),
  }).catch(() => {
    throw new Error(`The issuer at ${issuerUrl} does not answer: start the stack with \`npm start\`.`);
  });
  const answer = (await response.json()) as { access_token?: string; error_description?: string };
  if (!answer.access_token) throw new Error(answer.error_description ?? 'The issuer refused.');
  return answer.access_token;
}
