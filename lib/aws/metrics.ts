import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { envOr } from './env.ts';

let shared: Metrics | undefined;

/** Counts something that nobody is told of otherwise; a line of the log becomes the metric. */
export function count(name: string, by = 1): void {
  publish(name, by);
}

/** Tells how much something is now. */
export function gauge(name: string, value: number): void {
  publish(name, value);
}

function publish(name: string, value: number): void {
  shared ??= new Metrics({ namespace: 'Quartermaster', serviceName: envOr('STAGE', 'test') });
  shared.addMetric(name, MetricUnit.Count, value);
  shared.publishStoredMetrics();
}
