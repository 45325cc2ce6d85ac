import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { openPool, type Pool } from './pool.ts';
import type { Place } from './resolve.ts';
import type { Stack } from './template.ts';

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

/** A deployed function. */
export interface LocalFunction extends Pool {
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly accessKeyId: string;
  readonly timeoutSeconds: number;
  readonly traced: boolean;
  readonly logGroup: string;
}

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

function openLog(folder: string | undefined, name: string): WriteStream | undefined {
  if (!folder) return undefined;
  mkdirSync(folder, { recursive: true });
  const log = createWriteStream(join(folder, `${name}.log`), { flags: 'a' });
  log.setMaxListeners(0);
  return log;
}
