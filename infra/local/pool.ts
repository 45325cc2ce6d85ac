import { randomBytes, randomUUID } from 'node:crypto';
import type { WriteStream } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Invocation, Outcome } from './worker.ts';

/** How an invocation ended. `unhandled`: the function threw; `timeout`, `crashed`: its environment is gone. */
export type Invoked =
  | { readonly ok: true; readonly payload: string }
  | {
      readonly ok: false;
      readonly kind: 'unhandled' | 'timeout' | 'crashed' | 'too-large';
      readonly payload: string;
    };

/** Lambda's limit of request and response bodies, in bytes. */
export const payloadLimit = 6 * 1024 * 1024;
export interface Pool {
  /** True once something was invoked. */
  ran(): boolean;
  /** `started` is called when an environment takes the request. */
  invoke(payload: unknown, started?: () => void): Promise<Invoked>;
  stop(): Promise<void>;
}

export interface PoolOptions {
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

/** Execution environments of one function: at most `most`, each serving one request at a time. */
export function openPool(options: PoolOptions): Pool {
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const queue: Waiting[] = [];
  let stopped = false;
  let starting = 0;
  let ran = false;

  const next = () => {
    if (stopped) return;
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
      for (const { settle } of queue.splice(0))
        settle({ ok: false, kind: 'crashed', payload: '{"errorType":"Stopped"}' });
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
