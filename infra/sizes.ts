import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { readAssets } from './local/assets.ts';
import type { Template } from './local/resolve.ts';

/** One template of a stack, as CloudFormation limits it: 500 resources, 200 parameters, 200 outputs, 1 MB. */
export interface Size {
  readonly name: string;
  readonly resources: number;
  readonly parameters: number;
  readonly outputs: number;
  readonly bytes: number;
  /** Types of its resources. */
  readonly types: readonly string[];
}

/** Sizes of a stack's own template and of those nested in it, the most resources first. */
export function sizesOf(assembly: string, stack: string): Size[] {
  return [...readAssets(assembly, stack).values()]
    .filter((file) => file.endsWith('.template.json'))
    .map(sizeOf)
    .sort((one, two) => two.resources - one.resources);
}

function sizeOf(file: string): Size {
  const text = readFileSync(file, 'utf8');
  const { Resources, Parameters = {}, Outputs = {} } = JSON.parse(text) as Template;
  return {
    name: basename(file, '.template.json'),
    resources: Object.keys(Resources).length,
    parameters: Object.keys(Parameters).length,
    outputs: Object.keys(Outputs).length,
    bytes: Buffer.byteLength(text),
    types: [...new Set(Object.values(Resources).map(({ Type }) => Type))],
  };
}

/** One line for people. */
export function describeSizes(stack: string, sizes: readonly Size[]): string {
  const all = sizes.reduce((sum, { resources }) => sum + resources, 0);
  const kilobytes = Math.ceil(Math.max(...sizes.map(({ bytes }) => bytes)) / 1000);
  const most = sizes[0]?.resources ?? 0;
  return `${stack}: ${all} resources in ${sizes.length} templates, at most ${most} and ${kilobytes} KB in one`;
}
