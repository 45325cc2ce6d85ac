import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findAssembly, issuerName, region } from './assembly.ts';
import { openAsynchronous } from './asynchronous.ts';
import { makeBus } from './bus.ts';
import { startEngine } from './engine.ts';
import { type Gateway, readGateway, serveGateway } from './gateway.ts';
import { type Denial, type Grant, makeGuard } from './iam.ts';
import { startInbox } from './inbox.ts';
import { startIssuer } from './issuer.ts';
import { type LocalFunction, makeFunctions } from './lambda.ts';
import { close, listen } from './listen.ts';
import { readKeyPolicies, readRoles } from './policies.ts';
import { type Cloud, makeProxy } from './proxy.ts';
import type { Template } from './resolve.ts';
import { readSchedules } from './schedule.ts';
import { openSecrets } from './secrets.ts';
import { seed } from './seed.ts';
import { type Mail, openSes } from './ses.ts';
import { mapSources, openQueues } from './sources.ts';
import { openStore } from './store.ts';
import { createTables, readTables } from './tables.ts';
import { loadStack, type Stack } from './template.ts';
import { waitUntil } from './wait.ts';

export interface StackOptions {
  /** Folder of everything that outlives a restart; without it nothing does. */
  readonly dir?: string;
  /** Ports; 0 or absent: any. */
  readonly ports?: {
    readonly api?: number;
    readonly issuer?: number;
    readonly inbox?: number;
    readonly proxy?: number;
  };
  /** Which DynamoDB engine; the default is the first that is there. */
  readonly engine?: 'dynoxide' | 'aws';
  /** Changes the template before it runs, for example takes a grant away. */
  readonly editTemplate?: (template: Template) => void;
  /** A failed queue message is tried again after its queue's visibility timeout, but at most after this (default 5). */
  readonly longestRetrySeconds?: number;
  /** A finished assembly to run instead of our own; its table stays empty. */
  readonly assembly?: string;
  readonly progress?: (line: string) => void;
  /** Called when the DynamoDB engine ended by itself. */
  readonly lost?: () => void;
  /** Told of denials and of what goes wrong in the background. */
  readonly warn?: (sentence: string) => void;
}

/** The running stack. */
export interface RunningStack {
  readonly url: string;
  readonly inboxUrl: string;
  readonly issuerUrl: string;
  readonly controlUrl: string;
  readonly dynamoUrl: string;
  readonly tableNames: readonly string[];
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
  const { progress = () => {}, warn = (sentence) => console.error(sentence), ports = {} } = options;
  const dir = options.dir && resolve(options.dir);
  const stops: (() => Promise<void> | void)[] = [];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    return await start();
  } catch (error) {
    await stop();
    throw error;
  }

  async function start(): Promise<RunningStack> {
    const store = openStore(dir);
    stops.push(() => store.close());
    let cloud: Cloud | undefined;
    let gateway: Gateway | undefined;
    let trigger: LocalFunction | undefined;

    // Ports first: a taken one must be told before the slow part.
    const api = serveGateway(() => gateway);
    const url = `http://127.0.0.1:${await listen(api, ports.api ?? 0, 'API')}`;
    stops.push(() => close(api));
    const proxy = makeProxy(() => cloud);
    const controlUrl = `http://127.0.0.1:${await listen(proxy, ports.proxy ?? 0, 'AWS proxy')}`;
    stops.push(() => close(proxy));
    const issuer = await startIssuer({ port: ports.issuer ?? 0, dir, trigger: () => trigger });
    stops.push(() => issuer.stop());
    const inbox = await startInbox(ports.inbox ?? 0);
    stops.push(() => inbox.stop());

    const [assembly, engine] = await Promise.all([
      options.assembly ?? findAssembly(progress),
      startEngine({ ...(dir ? { dir } : {}), ...(options.engine ? { kind: options.engine } : {}) }),
    ]);
    stops.push(() => engine.stop());
    void engine.lost.then(() => options.lost?.());
    progress(`Engine: ${engine.kind}${dir ? `, kept in ${dir}` : ', nothing is kept'}`);

    const stack = loadStack({
      assembly,
      region,
      edit: options.editTemplate,
      replace: (place, apis) => ({
        [issuerName]: issuer.url,
        ...Object.fromEntries(
          apis.map((id) => [`https://${id}.execute-api.${place.region}.amazonaws.com`, url]),
        ),
      }),
    });
    const tables = readTables(stack);
    const made = await createTables(stack, engine.endpoint);
    const [tableName] = tables.keys();
    if (tableName && !options.assembly && (made || !store.get('seeded'))) {
      progress('Filling the new table…');
      await seed({ tableName, region, endpoint: engine.endpoint });
      store.set('seeded', new Date().toISOString());
    }

    const functions = makeFunctions(stack, {
      endpoint: controlUrl,
      ...(dir ? { logs: join(dir, 'logs') } : {}),
    });
    stops.push(async () => void (await Promise.all(functions.map((one) => one.stop()))));
    trigger = findTrigger(stack, functions);
    const guard = makeGuard({
      ...{ functions, roles: readRoles(stack), resourcePolicies: readKeyPolicies(stack) },
      report: (denial) => warn(describeDenial(denial)),
    });
    const longestSeconds = options.longestRetrySeconds ?? 5;
    const queues = openQueues(stack, store);
    const asynchronous = functions.map((target) =>
      openAsynchronous({ stack, store, target, queues, longestSeconds }),
    );
    const targets = new Map([...queues, ...asynchronous.map(({ queue }) => [queue.arn, queue] as const)]);
    const bus = makeBus({ stack, store, guard, queues: targets });
    const mapped = mapSources({
      ...{ stack, store, functions, guard, queues, longestSeconds, warn },
      engine: engine.endpoint,
      failures: join(dir ?? scratch(stops), 'failures'),
    });
    const sources = [...mapped.map(({ source }) => source), ...asynchronous.map(({ source }) => source)];
    const schedules = readSchedules(stack, store, bus, targets);
    const ses = openSes({ stack, store, inbox, bus });

    const running: RunningStack = {
      url,
      controlUrl,
      inboxUrl: inbox.url,
      issuerUrl: issuer.url,
      dynamoUrl: engine.endpoint,
      tableNames: [...tables.keys()],
      mails: async () => ses.mails(),
      token: (email) => issuer.token(email),
      denials: () => guard.denials(),
      unusedGrants: () => guard.unused(),
      deadLetters: () =>
        Object.fromEntries(
          [...queues.values()].filter(isGrave(stack)).map((queue) => [queue.name, queue.size()]),
        ),
      idle: (seconds = 60) =>
        waitUntil(async () => {
          for (let round = 0; round < 2; round++) {
            for (const source of sources) if (!(await source.idle())) return false;
          }
          return true;
        }, seconds),
      stop,
    };
    cloud = {
      ...{ stack, tables, functions, guard, bus, ses },
      engine: engine.endpoint,
      secrets: openSecrets(stack, store),
      written: () => {
        for (const { nudge } of mapped) nudge?.();
      },
      control: {
        iam: () => ({ denials: guard.denials(), used: guard.used(), unused: guard.unused() }),
        addresses: () => ({ url, controlUrl, issuerUrl: issuer.url, inboxUrl: inbox.url, pid: process.pid }),
        mails: () => ses.mails(),
        idle: () =>
          running.idle().then(
            () => ({ idle: true }),
            () => ({ idle: false }),
          ),
        deadletters: () => running.deadLetters(),
      },
    };
    gateway = readGateway(stack, functions, guard);
    for (const source of [...sources, ...schedules]) source.start();
    stops.push(() => {
      for (const source of [...sources, ...schedules]) source.stop();
    });
    if (dir) announce(dir, running, stops);
    return running;
  }
}

function scratch(stops: (() => void)[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'quartermaster-'));
  stops.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The file by which `npm run token` and the demo find a running stack. */
export const addressFile = 'stack.json';

function announce(
  dir: string,
  { url, inboxUrl, issuerUrl, controlUrl }: RunningStack,
  stops: (() => void)[],
): void {
  const file = join(dir, addressFile);
  writeFileSync(file, JSON.stringify({ pid: process.pid, url, inboxUrl, issuerUrl, controlUrl }, null, 2));
  stops.push(() => rmSync(file, { force: true }));
}

function findTrigger(stack: Stack, functions: readonly LocalFunction[]): LocalFunction | undefined {
  const pools = stack.all<{ LambdaConfig?: { PreTokenGenerationConfig?: { LambdaArn?: string } } }>(
    'AWS::Cognito::UserPool',
  );
  const arn = pools[0]?.properties.LambdaConfig?.PreTokenGenerationConfig?.LambdaArn;
  const output = (stack.template.Outputs?.PreTokenFunction?.Value as { Ref?: string } | undefined)?.Ref;
  return functions.find((one) => one.arn === arn || one.id === output);
}

function isGrave(stack: Stack) {
  const graves = new Set(
    stack
      .all<{ RedrivePolicy?: { deadLetterTargetArn?: string } }>('AWS::SQS::Queue')
      .map(({ properties }) => properties.RedrivePolicy?.deadLetterTargetArn),
  );
  return ({ arn }: { arn: string }) => graves.has(arn);
}

function describeDenial({ function: name, action, resource, context, missing }: Denial): string {
  const keys = context?.['dynamodb:LeadingKeys'];
  const where = keys ? ` (leading keys ${[keys].flat().join(', ')})` : '';
  return `IAM denied ${name}: ${action} on ${resource}${where}. Missing statement: ${JSON.stringify(missing)}`;
}
