import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, startChild } from './child.ts';
import type { Caller, Stage } from './demo-client.ts';

/** A site with one agent: its probe, its inventory, and the process that runs there. */
export interface Site {
  readonly name: string;
  /** Address of its probe. */
  readonly path: string;
  /** Starts the agent: with its enrolment key the first time, then without. */
  start(): Child;
}

export interface Plan {
  readonly name: string;
  /** Devices and the like by type: how many there are. */
  readonly holds?: Readonly<Record<string, number>>;
  /** What the agent finds on the machine that it runs on. */
  readonly live?: boolean;
  /** Proxy with user and password that the site has on its way out. */
  readonly proxy?: string;
}

/** Adds a probe to a customer and prepares its agent. */
export async function prepareSite(
  stage: Stage,
  { by, customer, dir }: { by: Caller; customer: string; dir: string },
  { name, holds, live, proxy }: Plan,
): Promise<Site> {
  const { body } = await by(`POST ${customer}/probes`, { body: { name } });
  const folder = join(dir, body.id);
  mkdirSync(folder);
  const file = join(folder, 'inventory.csv');
  if (holds) writeFileSync(file, inventoryOf(name, holds));
  const args = ['--url', stage.agentUrl, '--state', join(folder, 'state'), '--scan', '5'];
  if (holds) args.push('--inventory', file);
  if (live) args.push('--live');
  const secrets = proxy ? { AGENT_PROXY: proxy } : {};
  let first: NodeJS.ProcessEnv = { AGENT_KEY: body.enrolmentKey };
  const heard = (line: string) => console.log(`      ${name.padEnd(11)} | ${line}`);
  return {
    name,
    path: `${customer}/probes/${body.id}`,
    start() {
      const environment = { ...secrets, ...first };
      first = {};
      return startChild('infra/agent/main.ts', args, { environment, heard });
    },
  };
}

function inventoryOf(site: string, holds: Readonly<Record<string, number>>): string {
  const rows = Object.entries(holds).flatMap(([type, count]) =>
    Array.from({ length: count }, (_, at) => `${type},${type}-${at + 1},${site} ${type} ${at + 1}\r\n`),
  );
  return `type,externalId,name\r\n${rows.join('')}`;
}
