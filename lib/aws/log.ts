import { Logger } from '@aws-lambda-powertools/logger';
import { envOr } from './env.ts';

let logger: Logger | undefined;

/** Structured JSON logger. Allow-listed fields only: ids, codes, counts; never names, addresses or bodies. */
export function log(): Logger {
  logger ??= new Logger({ serviceName: 'quartermaster', environment: envOr('STAGE', 'test') });
  return logger;
}
