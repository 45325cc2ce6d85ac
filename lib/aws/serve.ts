import type { Route } from '../kit/route.ts';
export function serve(_routes: readonly Route[]) { return async () => ({ statusCode: 501, body: '' }); }
