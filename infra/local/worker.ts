import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';

/** One execution environment: loads the bundle as Lambda does and answers one request at a time. */
export interface Invocation {
  readonly payload: string;
  readonly requestId: string;
  readonly deadline: number;
  readonly arn: string;
  readonly traceId: string;
}

export interface Outcome {
  readonly result?: string;
  readonly error?: { readonly errorType: string; readonly errorMessage: string; readonly trace: string[] };
}

type Handler = (event: unknown, context: unknown) => unknown;

const { folder, handlerName } = workerData as { folder: string; handlerName: string };

let loaded: Handler | undefined;
let broken: unknown;
try {
  loaded = await load();
} catch (error) {
  broken = error;
}

parentPort?.on('message', async (invocation: Invocation) => {
  parentPort?.postMessage(await run(invocation));
});
parentPort?.postMessage({ ready: true });

async function load(): Promise<Handler> {
  const dot = handlerName.lastIndexOf('.');
  const module = createRequire(join(folder, 'runtime.cjs'))(join(folder, `${handlerName.slice(0, dot)}.js`));
  const found = module[handlerName.slice(dot + 1)];
  if (typeof found !== 'function') throw new Error(`${handlerName} is undefined or not exported`);
  return found as Handler;
}

async function run(invocation: Invocation): Promise<Outcome> {
  try {
    if (!loaded) throw broken;
    process.env._X_AMZN_TRACE_ID = invocation.traceId;
    const result = await loaded(JSON.parse(invocation.payload), contextOf(invocation));
    return { result: JSON.stringify(result) ?? 'null' };
  } catch (error) {
    console.error(error);
    const known = error instanceof Error ? error : new Error(String(error));
    return {
      error: { errorType: known.name, errorMessage: known.message, trace: (known.stack ?? '').split('\n') },
    };
  }
}

function contextOf({ requestId, deadline, arn }: Invocation) {
  const { env } = process;
  return {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: arn,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}
