import { log } from '../../lib/aws/log.ts';

/** Hears every line that is logged, whatever its level, in place of the process's output; answers how to stop. */
export function hearLogs(hear: (line: string) => void): () => void {
  const logger = log() as unknown as { console: unknown };
  const level = log().getLevelName();
  const { console: before } = logger;
  const take = (line: unknown) => hear(String(line));
  logger.console = { debug: take, info: take, warn: take, error: take, log: take, trace: take };
  log().setLogLevel('DEBUG');
  return () => {
    log().setLogLevel(level);
    logger.console = before;
  };
}
