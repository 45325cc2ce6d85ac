import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Rhythm } from '../../lib/kit/context.ts';
import { findAssembly, issuerName, localDirectory, region } from './assembly.ts';
import { addressFile } from './attach.ts';
import { type Doors, openDoors, type Ports } from './doors.ts';
import { type Engine, startEngine } from './engine.ts';
import { type Gateway, readGateway } from './gateway.ts';
import type { Denial, Grant } from './iam.ts';
import { lock } from './lock.ts';
import { countDeadLetters, findTrigger, isIdle, makeParts, type Parts } from './parts.ts';
import type { Cloud, Meter } from './proxy.ts';
import type { Template } from './resolve.ts';
import type { DirectoryAccess } from './samba.ts';
import { openSecrets } from './secrets.ts';
import { seed } from './seed.ts';
import type { Mail } from './ses.ts';
import { type Stops, stopAll } from './stops.ts';
import { openStore, type Store } from './store.ts';
import { createTables } from './tables.ts';
import { apisOf, type LocalApi, loadStack, type Stack } from './template.ts';
import { waitUntil } from './wait.ts';

export interface StackOptions {
  /** Folder of everything that outlives a restart; without it nothing does. */
  readonly dir?: string;
  /** The caller holds the folder's lock already. */
  readonly locked?: boolean;
  /** Ports; 0 or absent: any. */
  readonly ports?: Ports;
  /** Which DynamoDB engine; the default is the first that is there. */
  readonly engine?: 'dynoxide' | 'aws';
  /** Changes the template before it runs, for example takes a grant away. */
  readonly editTemplate?: (template: Template) => void;
  /** A failed queue message is tried again after its queue's visibility timeout, but at most after this (default 5). */
  readonly longestRetrySeconds?: number;
  /** How long an hour of the template's `rate(…)` schedules takes (default 3600). */
  readonly hourSeconds?: number;
  /** A finished assembly to run instead of our own; its table stays empty. */
  readonly assembly?: string;
  /** The deployment's `heartbeats`, where the assembly is not given. */
  readonly heartbeats?: Rhythm;
  /** A directory for the provisioning engine; without it the engine keeps its objects in the table. */
  readonly directory?: DirectoryAccess | undefined;
  /** Told what each call of the table consumed. */
  readonly meter?: Meter;
  readonly progress?: (line: string) => void;
  /** Called when the DynamoDB engine ended by itself. */
  readonly lost?: () => void;
  /** Told of denials and of what goes wrong in the background. */
  readonly warn?: (sentence: string) => void;
}

/** The running stack. */
export interface RunningStack {
  readonly url: string;
  /** Where agents call. */
  readonly agentUrl: string;
  readonly inboxUrl: string;
  readonly issuerUrl: string;
  readonly controlUrl: string;
  readonly dynamoUrl: string;
  /** The directory that the provisioning engine works on. */
  readonly directory: DirectoryAccess | undefined;
  readonly tableNames: readonly string[];
  readonly busName: string;
  /** Every mail that SES has accepted, oldest first. */
  mails(): Promise<Mail[]>;
  /** An access token for an address, with the claims that the stack's sign-in trigger adds. */
  token(email: string): Promise<string>;
  denials(): Denial[];
  /** Granted by the template, but not used since the start. */
  unusedGrants(): Grant[];
  /** Messages in dead-letter queues, by queue. */
  deadLetters(): Record<string, number>;
  /** Resolves when stream, bus and queues are drained; rejects after `seconds` (default 60). */
  idle(seconds?: number): Promise<void>;
  stop(): Promise<void>;
}

/** Runs the synthesized stack on this machine. */
export async function startStack(options: StackOptions = {}): Promise<RunningStack> {
  const stops: Stops = [];
  try {
    return await start(options, stops);
  } catch (error) {
    await stopAll(stops);
    throw error;
  }
}

async function start(options: StackOptions, stops: Stops): Promise<RunningStack> {
  const { progress = () => {}, warn = (sentence) => console.error(sentence), ports = {} } = options;
  const kept = options.dir && resolve(options.dir);
  if (kept && !options.locked) stops.push(lock(kept));
  const store = openStore(kept);
  stops.push(() => store.close());
  const doors = await openDoors(ports, kept, stops);
  const [assembly, engine] = await prepare(options, kept, stops);
  progress(`Engine: ${engine.kind}${kept ? `, kept in ${kept}` : ', nothing is kept'}`);
  const stack = loadStack({
    assembly,
    region,
    edit: (template) => options.editTemplate?.(template),
    replace: addressesOf(doors, options.directory),
  });
  const made = await createTables(stack, engine.endpoint);
  const parts = makeParts({
    ...{ stack, store, doors, warn, stops },
    engine: engine.endpoint,
    dir: kept ?? scratch(stops),
    longestSeconds: options.longestRetrySeconds ?? 5,
    hourSeconds: options.hourSeconds ?? 3600,
  });
  if (!options.assembly) await fill({ made, store, engine, parts, progress });
  const running = describe({ stack, doors, engine, parts, stops, directory: options.directory });
  doors.open({
    cloud: makeCloud({
      stack,
      store,
      engine,
      parts,
      running,
      directory: options.directory,
      meter: options.meter,
    }),
    ...openGateways(stack, parts),
    trigger: findTrigger(stack, parts.functions),
  });
  const sources = [...parts.sources, ...parts.schedules];
  for (const source of sources) source.start();
  stops.push(() => {
    for (const source of sources) source.stop();
  });
  if (kept) announce(kept, running, stops);
  return running;
}

async function prepare(
  options: StackOptions,
  dir: string | undefined,
  stops: Stops,
): Promise<[string, Engine]> {
  const { progress = () => {}, engine: kind, lost } = options;
  const starting = startEngine({ ...(dir ? { dir } : {}), ...(kind ? { kind } : {}) }).then((engine) => {
    stops.push(() => engine.stop());
    void engine.lost.then(() => lost?.());
    return engine;
  });
  const [assembly, engine] = await Promise.allSettled([
    options.assembly ??
      findAssembly(progress, {
        directory: options.directory !== undefined,
        heartbeats: options.heartbeats,
      }),
    starting,
  ]);
  if (assembly.status === 'rejected') throw assembly.reason;
  if (engine.status === 'rejected') throw engine.reason;
  return [assembly.value, engine.value];
}

function openGateways(
  stack: Stack,
  parts: Parts,
): { readonly gateway: Gateway; readonly agentGateway: Gateway | undefined } {
  const apis = apisOf(stack.template, stack.place);
  const agents = apis.find(({ forAgents }) => forAgents);
  const people = apis.find(({ forAgents }) => !forAgents);
  return {
    gateway: readGateway(stack, parts, people?.id ?? ''),
    agentGateway: agents && readGateway(stack, parts, agents.id),
  };
}

function addressesOf({ url, agentUrl, issuer }: Doors, directory: DirectoryAccess | undefined) {
  return (place: { region: string }, apis: readonly LocalApi[]) => ({
    [issuerName]: issuer.url,
    ...(directory ? { [localDirectory.url]: directory.url } : {}),
    ...Object.fromEntries(
      apis.map(({ id, forAgents }) => [
        `https://${id}.execute-api.${place.region}.amazonaws.com`,
        forAgents ? agentUrl : url,
      ]),
    ),
  });
}

async function fill(parts: {
  made: boolean;
  store: Store;
  engine: Engine;
  parts: Parts;
  progress: (line: string) => void;
}): Promise<void> {
  const [tableName] = parts.parts.tables.keys();
  if (!tableName || (!parts.made && parts.store.get('seeded'))) return;
  parts.progress('Filling the new table…');
  await seed({ tableName, region, endpoint: parts.engine.endpoint });
  parts.store.set('seeded', new Date().toISOString());
}

interface Made {
  readonly stack: Stack;
  readonly engine: Engine;
  readonly parts: Parts;
}

function describe({
  stack,
  engine,
  parts,
  doors,
  stops,
  directory,
}: Made & { doors: Doors; stops: Stops; directory: DirectoryAccess | undefined }): RunningStack {
  return {
    directory: directory && accessOf(directory),
    url: doors.url,
    agentUrl: doors.agentUrl,
    controlUrl: doors.controlUrl,
    inboxUrl: doors.inbox.url,
    issuerUrl: doors.issuer.url,
    dynamoUrl: engine.endpoint,
    tableNames: [...parts.tables.keys()],
    busName: stack.all<{ Name?: string }>('AWS::Events::EventBus')[0]?.properties.Name ?? '',
    mails: async () => parts.ses.mails(),
    token: (email) => doors.issuer.token(email),
    denials: () => parts.guard.denials(),
    unusedGrants: () => parts.guard.unused(),
    deadLetters: () => countDeadLetters(stack, parts),
    idle: (seconds = 60) => waitUntil(() => isIdle(parts), seconds),
    stop: () => stopAll(stops),
  };
}

function makeCloud({
  stack,
  engine,
  parts,
  store,
  running,
  directory,
  meter,
}: Made & {
  meter: Meter | undefined;
  store: Store;
  running: RunningStack;
  directory: DirectoryAccess | undefined;
}): Cloud {
  const { guard, ses } = parts;
  return {
    ...parts,
    stack,
    engine: engine.endpoint,
    secrets: openSecrets(stack, store, directory ? { [localDirectory.secretName]: directory.secret } : {}),
    meter,
    written: () => parts.nudge(),
    control: {
      iam: () => ({ denials: guard.denials(), used: guard.used(), unused: guard.unused() }),
      addresses: () => addresses(running),
      mails: () => ses.mails(),
      deadletters: () => running.deadLetters(),
      idle: () =>
        running.idle().then(
          () => ({ idle: true }),
          () => ({ idle: false }),
        ),
    },
  };
}

function scratch(stops: Stops): string {
  const folder = mkdtempSync(join(tmpdir(), 'quartermaster-'));
  stops.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function addresses(running: RunningStack) {
  const { url, agentUrl, inboxUrl, issuerUrl, controlUrl, dynamoUrl, tableNames, busName, directory } =
    running;
  return {
    pid: process.pid,
    ...{ url, agentUrl, inboxUrl, issuerUrl, controlUrl, dynamoUrl, tableNames, busName, directory },
  };
}

const accessOf = ({ url, baseDn, secret }: DirectoryAccess): DirectoryAccess => ({ url, baseDn, secret });

function announce(dir: string, running: RunningStack, stops: Stops): void {
  const file = join(dir, addressFile);
  const own = JSON.stringify(addresses(running), null, 2);
  writeFileSync(file, own);
  stops.push(() => {
    if (existsSync(file) && readFileSync(file, 'utf8') === own) rmSync(file, { force: true });
  });
}
