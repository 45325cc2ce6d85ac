import type { LocalFunction } from './lambda.ts';
import { openQueue, type Queue } from './queue.ts';
import type { Source } from './source.ts';
import type { Store } from './store.ts';
import type { Stack } from './template.ts';

interface InvokeConfiguration {
  readonly FunctionName: string;
  readonly MaximumRetryAttempts?: number;
  readonly DestinationConfig?: { readonly OnFailure?: { readonly Destination?: string } };
}

/** The queue in front of a function that rules and schedules invoke: two retries, then its failure destination. */
export function openAsynchronous(parts: {
  stack: Stack;
  store: Store;
  target: LocalFunction;
  queues: ReadonlyMap<string, Queue>;
  longestSeconds: number;
}): { queue: Queue; source: Source } {
  const { stack, store, target, queues } = parts;
  const configured = stack
    .all<InvokeConfiguration>('AWS::Lambda::EventInvokeConfig')
    .find(({ properties }) => properties.FunctionName === target.name)?.properties;
  const retries = configured?.MaximumRetryAttempts ?? 2;
  const failures = configured?.DestinationConfig?.OnFailure?.Destination;
  const queue = openQueue(store, {
    name: `invoke:${target.name}`,
    arn: target.arn,
    visibilitySeconds: target.timeoutSeconds * 2,
  });
  let running = 0;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const pump = () => {
    clearTimeout(timer);
    if (stopped) return;
    for (const message of queue.receive(4)) {
      running++;
      void target.invoke(JSON.parse(message.body)).then((outcome) => {
        running--;
        if (stopped) return;
        const over = outcome.ok || message.receives > retries;
        if (over) queue.remove([message.id]);
        else queue.release([message.id], Math.min(60, parts.longestSeconds));
        if (over && !outcome.ok && failures) queues.get(failures)?.send(message.body);
        pump();
      });
    }
    const next = queue.nextAt();
    if (next === undefined) return;
    timer = setTimeout(pump, Math.max(next - Date.now(), 20));
    timer.unref();
  };

  queue.onSend(pump);
  return {
    queue,
    source: {
      start: pump,
      idle: async () => running === 0 && queue.size() === 0,
      stop() {
        stopped = true;
        clearTimeout(timer);
      },
    },
  };
}
