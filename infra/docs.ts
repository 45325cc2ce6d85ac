import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { contexts } from '../functions/contexts.ts';
import type { EventType } from '../lib/kit/event.ts';
import { openapi } from '../lib/kit/openapi.ts';
import { items } from './items.ts';

/** Writes docs/openapi.json, events.json and items.json from the records; `--check` only compares. */
const documents: Record<string, unknown> = {
  'openapi.json': openapi(contexts, {
    title: 'Quartermaster',
    version: '1.0.0',
    description:
      'The control plane of managed service providers: customers, licences, credits, and mail before anything runs out.',
  }),
  'events.json': await events(),
  'items.json': items(),
};

async function events(): Promise<unknown> {
  const found: EventType[] = [];
  for (const context of readdirSync('lib').sort()) {
    if (!existsSync(`lib/${context}/events.ts`)) continue;
    const module = (await import(`../lib/${context}/events.ts`)) as Record<string, unknown>;
    found.push(...Object.values(module).filter(isEvent));
  }
  const entries = found
    .sort((a, b) => (a.type < b.type ? -1 : 1))
    .map(({ type, summary, data, example }) => {
      const { $schema: _, ...schema } = z.toJSONSchema(data, { unrepresentable: 'any' });
      return [type, { summary, data: schema, example }];
    });
  return Object.fromEntries(entries);
}

function isEvent(value: unknown): value is EventType {
  return typeof value === 'object' && value !== null && 'type' in value && 'example' in value;
}

const check = process.argv.includes('--check');
let old = 0;
mkdirSync('docs', { recursive: true });
for (const [name, value] of Object.entries(documents)) {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  const file = `docs/${name}`;
  const same = existsSync(file) && readFileSync(file, 'utf8') === text;
  if (check && !same) {
    old++;
    console.error(`${file} is out of date: run npm run docs`);
  }
  if (!check && !same) writeFileSync(file, text);
}
if (old > 0) process.exit(1);
console.log(`docs: ${Object.keys(documents).join(', ')} ${check ? 'are up to date' : 'written'}`);
