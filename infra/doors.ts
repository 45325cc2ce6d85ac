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
  const files = globSync(join(root, 'functions', context, '*.ts'));
  return new Map(
    files.flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/^export const (\w+) = /gm)].map(
        ([, id = '']) => [id, `./${relative(root, path)}`] as const,
      ),
    ),
  );
}
