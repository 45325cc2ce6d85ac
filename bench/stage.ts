import { randomUUID } from 'node:crypto';
import type { Request } from '../test/every/scenarios.ts';
import setup from '../test/kit/setup.ts';
import { openings } from './openings.ts';

export interface Staged {
  /** A gateway event by context. */
  readonly events: Readonly<Record<string, object>>;
  readonly stop: () => Promise<void>;
}

/**
 * A real engine with a provider, a customer and what the openings read, and the documented stack's tables; its address
 * is in the environment. `before` is done on the empty engine: the store's client keeps its middleware after a first call.
 */
export async function open(before: () => Promise<void>): Promise<Staged> {
  const stop = await setup();
  await before();
  // The world of the tests reads the environment that `setup` has just made.
  const { addCustomer, makeMsp } = await import('../test/kit/world.ts');
  const { plantCreditSystem } = await import('../test/kit/plant.ts');
  const { scenarios } = await import('../test/every/scenarios.ts');
  const { contexts } = await import('../functions/contexts.ts');
  const msp = await makeMsp();
  const stage = { msp, customer: await addCustomer(msp) };
  await plantCreditSystem(msp.id);
  const events: Record<string, object> = {};
  for (const { name, routes } of contexts) {
    const opening = openings[name];
    const scenario = opening && scenarios[opening];
    const route = routes.find(({ id }) => id === opening?.split(':')[0]);
    if (!scenario || !route) throw new Error(`bench/openings.ts names no opening request of ${name}`);
    events[name] = toEvent(await scenario(stage), route);
  }
  const { plantDocumented } = await import('./documented/reads.ts');
  const { pathParameters } = events.credits as { pathParameters: { customerId: string } };
  await plantDocumented(pathParameters.customerId);
  return { events, stop };
}

function toEvent(request: Request, route: { method: string; path: string }): object {
  const [, target = ''] = request.line.split(' ');
  const [rawPath = '', rawQueryString = ''] = target.split('?');
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const pattern = new RegExp(`^${route.path.replace(/\{\w+\}/g, '([^/]+)')}$`);
  const values = pattern.exec(rawPath)?.slice(1) ?? [];
  const { tenant, person, roles } = request.as ?? { tenant: '', person: '', roles: [] };
  return {
    version: '2.0',
    routeKey: `${route.method} ${route.path}`,
    rawPath,
    rawQueryString,
    headers: { 'content-type': 'application/json', ...request.headers },
    pathParameters: Object.fromEntries(names.map((name, index) => [name, values[index]])),
    requestContext: {
      requestId: randomUUID(),
      http: {
        method: route.method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: '-',
      },
      authorizer: {
        jwt: { claims: { tenant, person, roles: roles.join(' ') }, scopes: ['quartermaster/api'] },
      },
    },
    body: request.body === undefined ? undefined : JSON.stringify(request.body),
    isBase64Encoded: false,
  };
}
