import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Context } from '../lib/kit/context.ts';

/**
 * The source of an API function as it is deployed: what `functions/<context>/api.ts` serves, but the module of a route
 * is loaded by the first request for it. Throws where no module of the context exports a route by its id.
 */
export function behindDoors(root: string, { name, routes }: Pick<Context, 'name' | 'routes'>): string {
  const places = exportsOf(root, name);
  const doors = routes.map(({ id, method, path }) => {
    const file = places.get(id);
    if (!file) throw new Error(`No module of functions/${name} exports the route ${id} by this name`);
    return `  '${method} ${path}': async () => (await import('${file}')).${id},`;
  });
  return `import { serve } from './lib/aws/serve.ts';\nexport const handler = serve({\n${doors.join('\n')}\n});\n`;
}

function exportsOf(root: string, context: string): Map<string, string> {
  const places = new Map<string, string>();
  for (const path of globSync(join(root, 'functions', context, '*.ts'))) {
    for (const [, id = ''] of readFileSync(path, 'utf8').matchAll(/^export const (\w+) = \w*[rR]oute\(/gm)) {
      if (places.has(id)) throw new Error(`Two modules of functions/${context} export a route ${id}`);
      places.set(id, `./${relative(root, path)}`);
    }
  }
  return places;
}
