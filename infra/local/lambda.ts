import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Place } from './resolve.ts';
import type { Stack } from './template.ts';
import type { Invocation, Outcome } from './worker.ts';

interface FunctionProperties {
  readonly FunctionName?: string;
  readonly Handler: string;
  readonly Role: string;
  readonly Code: { readonly S3Key?: string; readonly ZipFile?: string };
  readonly Timeout?: number;
  readonly MemorySize?: number;
  readonly ReservedConcurrentExecutions?: number;
  readonly Environment?: { readonly Variables?: Record<string, string> };
  readonly LoggingConfig?: {
    readonly LogGroup?: string;
    readonly LogFormat?: string;
    readonly ApplicationLogLevel?: string;
  };
  readonly TracingConfig?: { readonly Mode?: string };
}

/** How an invocation ended. `unhandled`: the function threw; `timeout`, `crashed`: its environment is gone. */
export type Invoked =
  | { readonly ok: true; readonly payload: string }
  | {
      readonly ok: false;
      readonly kind: 'unhandled' | 'timeout' | 'crashed' | 'too-large';
      readonly payload: string;
    };

/** A deployed function. */
export interface LocalFunction {
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly accessKeyId: string;
  readonly timeoutSeconds: number;
  readonly traced: boolean;
  readonly logGroup: string;
  /** True once it was invoked. */
  ran(): boolean;
  invoke(payload: unknown, started?: () => void): Promise<Invoked>;
  stop(): Promise<void>;
}

/** Lambda's limit of request and response bodies, in bytes. */
export const payloadLimit = 6 * 1024 * 1024;
const mostWorkers = 4;

/** Makes the stack's functions; nothing is loaded before the first invocation. */
export function makeFunctions(
  stack: Stack,
  options: { endpoint: string; logs?: string | undefined },
): LocalFunction[] {
  return stack.all<FunctionProperties>('AWS::Lambda::Function').map(({ id, properties }) => {
    const name = properties.FunctionName ?? `${stack.place.stackName}-${id}`;
    const accessKeyId = `ASIA${createHash('sha256').update(name).digest('hex').slice(0, 16).toUpperCase()}`;
    const logGroup = properties.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`;
    const environment = {
      ...properties.Environment?.Variables,
      ...runtimeVariables(stack.place, { name, accessKeyId, logGroup, properties }),
      AWS_ENDPOINT_URL: options.endpoint,
    };
    const arn = `arn:aws:lambda:${stack.place.region}:${stack.place.account}:function:${name}`;
    const pool = openPool({
      arn,
      environment,
      handlerName: properties.Handler,
      folder: stack.codeOf(id, properties.Code),
      timeoutSeconds: properties.Timeout ?? 3,
      most: Math.max(1, Math.min(properties.ReservedConcurrentExecutions ?? mostWorkers, mostWorkers)),
      log: openLog(options.logs, id),
    });
    return {
      id,
      name,
      arn,
      roleArn: properties.Role,
      accessKeyId,
      timeoutSeconds: properties.Timeout ?? 3,
      traced: properties.TracingConfig?.Mode === 'Active',
      logGroup,
      ...pool,
    };
  });
}

function runtimeVariables(
  place: Place,
  own: { name: string; accessKeyId: string; logGroup: string; properties: FunctionProperties },
): Record<string, string> {
  const { LoggingConfig, Handler, MemorySize } = own.properties;
  return {
    AWS_REGION: place.region,
    AWS_DEFAULT_REGION: place.region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: own.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize ?? 128),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: own.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_LOG_FORMAT: LoggingConfig?.LogFormat ?? 'Text',
    ...(LoggingConfig?.ApplicationLogLevel
      ? { AWS_LAMBDA_LOG_LEVEL: LoggingConfig.ApplicationLogLevel }
      : {}),
    AWS_ACCESS_KEY_ID: own.accessKeyId,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    _HANDLER: Handler,
    LAMBDA_TASK_ROOT: '/var/task',
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: '/usr/local/bin:/usr/bin:/bin',
  };
}

interface PoolOptions {
  readonly arn: string;
  readonly environment: Record<string, string>;
  readonly handlerName: string;
  readonly folder: string;
  readonly timeoutSeconds: number;
  readonly most: number;
  readonly log: WriteStream | undefined;
}

interface Waiting {
  readonly payload: string;
  readonly started: () => void;
  readonly settle: (outcome: Invoked) => void;
}

function openPool(options: PoolOptions): Pick<LocalFunction, 'invoke' | 'ran' | 'stop'> {
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const queue: Waiting[] = [];
  let stopped = false;
  let starting = 0;
  let ran = false;

  const next = () => {
    while (queue.length > 0) {
      const worker = idle.pop();
      if (!worker) {
        if (all.size < options.most && starting < queue.length) hire();
        return;
      }
      const job = queue.shift();
      if (job) serve(worker, job);
    }
  };
  const hire = () => {
    const worker = startWorker(options);
    all.add(worker);
    starting++;
    let ready = false;
    worker.once('message', () => {
      ready = true;
      starting--;
      idle.push(worker);
      next();
    });
    const gone = () => {
      all.delete(worker);
      if (!ready) {
        starting--;
        queue.shift()?.settle({ ok: false, kind: 'crashed', payload: '{"errorType":"Runtime.ExitError"}' });
      }
      const index = idle.indexOf(worker);
      if (index >= 0) idle.splice(index, 1);
    };
    worker.once('exit', gone);
    worker.on('error', (error) => options.log?.write(`${error instanceof Error ? error.stack : error}\n`));
  };

  const serve = (worker: Worker, job: Waiting) => {
    ran = true;
    const began = Date.now();
    const requestId = randomUUID();
    const timer = setTimeout(
      () => leave('timeout', `Task timed out after ${options.timeoutSeconds}.00 seconds`),
      options.timeoutSeconds * 1000,
    );
    const finish = (outcome: Invoked) => {
      clearTimeout(timer);
      worker.off('message', hear);
      worker.off('exit', crash);
      options.log?.write(
        `REPORT RequestId: ${requestId}\tDuration: ${Date.now() - began} ms${outcome.ok ? '' : `\tStatus: ${outcome.kind}`}\n`,
      );
      job.settle(outcome);
    };
    const leave = (kind: 'timeout' | 'crashed', errorMessage: string) => {
      all.delete(worker);
      finish({
        ok: false,
        kind,
        payload: JSON.stringify({
          errorType: kind === 'timeout' ? 'Sandbox.Timedout' : 'Runtime.ExitError',
          errorMessage,
        }),
      });
      void worker.terminate().then(next);
    };
    const crash = () => leave('crashed', 'The runtime exited');
    const hear = (outcome: Outcome) => {
      finish(judge(outcome));
      idle.push(worker);
      next();
    };
    worker.on('message', hear);
    worker.once('exit', crash);
    job.started();
    const invocation: Invocation = {
      payload: job.payload,
      requestId,
      deadline: began + options.timeoutSeconds * 1000,
      arn: options.arn,
      traceId: `Root=1-${Math.floor(began / 1000).toString(16)}-${randomBytes(12).toString('hex')};Sampled=0`,
    };
    worker.postMessage(invocation);
  };

  return {
    ran: () => ran,
    invoke: (payload, started = () => {}) =>
      new Promise((settle) => {
        const text = JSON.stringify(payload);
        if (Buffer.byteLength(text) > payloadLimit) {
          settle({ ok: false, kind: 'too-large', payload: '{"errorType":"RequestEntityTooLargeException"}' });
        } else if (stopped) {
          settle({ ok: false, kind: 'crashed', payload: '{"errorType":"Stopped"}' });
        } else {
          queue.push({ payload: text, started, settle });
          next();
        }
      }),
    async stop() {
      stopped = true;
      await Promise.all([...all].map((worker) => worker.terminate()));
      options.log?.end();
    },
  };
}

function judge(outcome: Outcome): Invoked {
  if (outcome.error) return { ok: false, kind: 'unhandled', payload: JSON.stringify(outcome.error) };
  const payload = outcome.result ?? 'null';
  if (Buffer.byteLength(payload) > payloadLimit) {
    return { ok: false, kind: 'too-large', payload: '{"errorType":"Function.ResponseSizeTooLarge"}' };
  }
  return { ok: true, payload };
}

function startWorker(options: PoolOptions): Worker {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    env: options.environment,
    workerData: { folder: options.folder, handlerName: options.handlerName },
    stdout: true,
    stderr: true,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  for (const stream of [worker.stdout, worker.stderr]) {
    if (options.log) stream.pipe(options.log, { end: false });
    else stream.resume();
  }
  return worker;
}

function openLog(folder: string | undefined, name: string): WriteStream | undefined {
  if (!folder) return undefined;
  mkdirSync(folder, { recursive: true });
  const log = createWriteStream(join(folder, `${name}.log`), { flags: 'a' });
  log.setMaxListeners(0);
  return log;
}
