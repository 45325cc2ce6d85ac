import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAssets, readJson, readTemplate } from './assets.ts';
import { Stop } from './failure.ts';
import { apiId, localNames } from './names.ts';
import { evaluator, type Place, type Resource, type Template } from './resolve.ts';

/** One resource with every reference answered. */
export interface Resolved<P = Record<string, unknown>> {
  readonly id: string;
  readonly type: string;
  readonly properties: P;
}

/** An HTTP API of the stack. */
export interface LocalApi {
  readonly id: string;
  /** The one that agents call, as the stack's output `AgentUrl` says. */
  readonly forAgents: boolean;
}

/** The HTTP APIs of a template. */
export function apisOf(template: Template, place: Place): LocalApi[] {
  const output = JSON.stringify(template.Outputs?.AgentUrl?.Value ?? null);
  return Object.entries(template.Resources)
    .filter(([, one]) => one.Type === 'AWS::ApiGatewayV2::Api')
    .map(([logicalId]) => ({
      id: apiId(`${place.stackName}-${logicalId}`),
      forAgents: output.includes(`"${logicalId}"`),
    }));
}

/** The synthesized stack, resolved for this machine. */
export interface Stack {
  readonly place: Place;
  readonly template: Template;
  all<P>(...types: string[]): Resolved<P>[];
  arnOf(id: string): string;
  /** Folder of a function's code. */
  codeOf(id: string, code: { S3Key?: string; ZipFile?: string }): string;
}

export interface LoadOptions {
  readonly assembly: string;
  readonly region: string;
  /** Texts replaced throughout: addresses that only this run knows. */
  readonly replace: (place: Place, apis: readonly LocalApi[]) => Readonly<Record<string, string>>;
  /** Changes the template before it is read; for tests that take a grant away. */
  readonly edit?: ((template: Template) => void) | undefined;
}

export const account = '000000000000';

/** Reads the one stack of an assembly, with the stacks nested in it. */
export function loadStack(options: LoadOptions): Stack {
  const manifest = readJson(join(options.assembly, 'manifest.json')) as {
    artifacts: Record<string, { type: string; properties?: { templateFile?: string; stackName?: string } }>;
  };
  const stacks = Object.entries(manifest.artifacts).filter(
    ([, one]) => one.type === 'aws:cloudformation:stack',
  );
  const [name, artifact] = stacks[0] ?? [];
  if (!name || !artifact?.properties?.templateFile || stacks.length > 1) {
    throw new Stop(
      `The assembly ${options.assembly} has ${stacks.length} stacks; the local runner runs exactly one.`,
    );
  }
  const place = { account, region: options.region, stackName: artifact.properties.stackName ?? name };
  const assets = readAssets(options.assembly, name);
  const template = readTemplate(join(options.assembly, artifact.properties.templateFile), assets);
  options.edit?.(template);
  return makeStack({ template, place, replace: options.replace, assembly: options.assembly, assets });
}

/** A stack of a template in memory. */
export function makeStack(parts: {
  template: Template;
  place: Place;
  replace: LoadOptions['replace'];
  assembly: string;
  assets: ReadonlyMap<string, string>;
}): Stack {
  const { template, place, assembly, assets } = parts;
  const names = localNames(place);
  const { evaluate, holds } = evaluator(template, place, names);
  const words = parts.replace(place, apisOf(template, place));
  const cache = new Map<string, Resolved>();
  const resolve = (id: string, resource: Resource): Resolved => {
    const known = cache.get(id);
    if (known) return known;
    const properties = replaceTexts(evaluate(resource.Properties ?? {}), words) as Record<string, unknown>;
    const resolved = { id, type: resource.Type, properties };
    cache.set(id, resolved);
    return resolved;
  };
  return {
    place,
    template,
    all: <P>(...types: string[]) =>
      Object.entries(template.Resources)
        .filter(([, one]) => types.includes(one.Type) && (!one.Condition || holds(one.Condition)))
        .map(([id, one]) => resolve(id, one) as Resolved<P>),
    arnOf(id) {
      const resource = template.Resources[id];
      if (!resource) throw new Error(`The template has no ${id}`);
      return String(names.attribute(id, resource, 'Arn'));
    },
    codeOf(id, code) {
      if (code.ZipFile !== undefined) {
        const folder = join(assembly, `inline.${id}`);
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, 'index.js'), code.ZipFile);
        return folder;
      }
      const hash = String(code.S3Key ?? '')
        .replace(/^.*\//, '')
        .replace(/\.zip$/, '');
      const folder = assets.get(hash);
      if (!folder || !existsSync(folder))
        throw new Stop(`The code of ${id} (asset ${hash}) is not in the assembly.`);
      return folder;
    },
  };
}

function replaceTexts(value: unknown, words: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') {
    let text = value;
    for (const [from, to] of Object.entries(words)) text = text.replaceAll(from, to);
    return text;
  }
  if (Array.isArray(value)) return value.map((one) => replaceTexts(one, words));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, replaceTexts(one, words)]));
}
