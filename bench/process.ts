import { createWriteStream } from 'node:fs';
import { createRequire } from 'node:module';
import { newId } from '../lib/aws/world.ts';

/**
 * One process of a measurement: loads a bundle and sends it `warmUp` + `measured` requests. Tells, on descriptor 3,
 * milliseconds to load, milliseconds to the first answer, and processor microseconds per measured request.
 */
const [, , file = '', eventText = '', warmUp = '0', measured = '0'] = process.argv;
const require = createRequire(import.meta.url);
const event = JSON.parse(eventText);
const context = { getRemainingTimeInMillis: () => 20_000 };

const next = () => {
  if (!event.body?.includes('requestId')) return event;
  return { ...event, body: event.body.replace(/req_[0-9A-Z]{26}/, newId('request', Date.now())) };
};
const send = async () => {
  const reply = await handler(next(), context);
  if (reply.statusCode >= 300) throw new Error(`${reply.statusCode} ${reply.body}`);
};

const first = next();
const startedAt = performance.now();
const { handler } = require(file);
const loadMs = performance.now() - startedAt;
const opening = await handler(first, context);
const firstMs = performance.now() - startedAt;
if (opening.statusCode >= 300) throw new Error(`${opening.statusCode} ${opening.body}`);

for (let sent = 0; sent < Number(warmUp); sent++) await send();
const before = process.cpuUsage();
for (let sent = 0; sent < Number(measured); sent++) await send();
const { user, system } = process.cpuUsage(before);
createWriteStream('', { fd: 3 }).end(
  JSON.stringify({ loadMs, firstMs, cpuMicros: (user + system) / Math.max(1, Number(measured)) }),
  () => process.exit(0),
);
