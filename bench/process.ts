import { createWriteStream } from 'node:fs';
import { createRequire } from 'node:module';
import { newId } from '../lib/aws/world.ts';

/**
 * One process of a measurement: loads a bundle and sends it `warmUp` + `measured` requests. Tells, on descriptor 3,
 * milliseconds (and of the processor) to load and to the first answer, processor microseconds per measured request,
 * and how many of those a second, one after the other.
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
const clock = () => {
  const [at, cpu] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { ms: performance.now() - at, cpuMs: (user + system) / 1000 };
  };
};

const first = next();
const sinceStart = clock();
const { handler } = require(file);
const load = sinceStart();
const opening = await handler(first, context);
const toFirst = sinceStart();
if (opening.statusCode >= 300) throw new Error(`${opening.statusCode} ${opening.body}`);

for (let sent = 0; sent < Number(warmUp); sent++) await send();
const sinceWarm = clock();
for (let sent = 0; sent < Number(measured); sent++) await send();
const warm = sinceWarm();
const count = Math.max(1, Number(measured));
createWriteStream('', { fd: 3 }).end(
  JSON.stringify({
    ...{ loadMs: load.ms, loadCpuMs: load.cpuMs, firstMs: toFirst.ms, firstCpuMs: toFirst.cpuMs },
    ...{ cpuMicros: (warm.cpuMs * 1000) / count, perSecond: (count * 1000) / warm.ms },
  }),
  () => process.exit(0),
);
