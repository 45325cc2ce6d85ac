/** A route of an HTTP API, ready to be matched. */
export interface GatewayRoute<T> {
  readonly key: string;
  readonly method: string;
  readonly segments: readonly string[];
  readonly to: T;
}

export interface Match<T> {
  readonly route: GatewayRoute<T>;
  /** Decoded path parameters. */
  readonly parameters: Readonly<Record<string, string>>;
}

export function makeRoute<T>(key: string, to: T): GatewayRoute<T> {
  const [method = '', path = ''] = key === '$default' ? ['ANY', '/{proxy+}'] : key.split(' ');
  return { key, method, segments: path.split('/').slice(1), to };
}

/** Finds the most specific route: fixed segments before parameters before greedy ones, a method before ANY. */
export function matchRoute<T>(
  routes: readonly GatewayRoute<T>[],
  method: string,
  path: string,
): Match<T> | undefined {
  const parts = path.split('/').slice(1);
  let best: { route: GatewayRoute<T>; rank: string } | undefined;
  for (const route of routes) {
    if (route.method !== 'ANY' && route.method !== method) continue;
    const rank = rankOf(route, parts);
    if (rank !== undefined && (!best || rank < best.rank)) best = { route, rank };
  }
  return best && { route: best.route, parameters: parametersOf(best.route, parts) };
}

function rankOf(route: GatewayRoute<unknown>, parts: readonly string[]): string | undefined {
  let rank = '';
  for (const [index, segment] of route.segments.entries()) {
    const part = parts[index];
    if (isGreedy(segment)) {
      const last = route.key === '$default' ? '4' : '3';
      return part === undefined && last === '3' ? undefined : `${rank}${last}`;
    }
    if (part === undefined) return undefined;
    if (isParameter(segment)) {
      if (part === '') return undefined;
      rank += '2';
    } else if (segment === part) rank += '1';
    else return undefined;
  }
  if (parts.length > route.segments.length) return undefined;
  return `${rank}${route.method === 'ANY' ? '2' : '1'}`;
}

function parametersOf(route: GatewayRoute<unknown>, parts: readonly string[]): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of route.segments.entries()) {
    if (isGreedy(segment))
      parameters[segment.slice(1, -2)] = decodeURIComponent(parts.slice(index).join('/'));
    else if (isParameter(segment)) parameters[segment.slice(1, -1)] = decodeURIComponent(parts[index] ?? '');
  }
  return parameters;
}

const isGreedy = (segment: string) => segment.startsWith('{') && segment.endsWith('+}');
const isParameter = (segment: string) => segment.startsWith('{') && segment.endsWith('}');
