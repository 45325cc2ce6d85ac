import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { envOr } from './env.ts';

let shared: Metrics | undefined;

/** Counts one of something that nobody is told of otherwise; a line of the log becomes the metric. */
export function count(name: string): void {
  shared ??= new Metrics({ namespace: 'Quartermaster', serviceName: envOr('STAGE', 'test') });
  shared.addMetric(name, MetricUnit.Count, 1);
  shared.publishStoredMetrics();
}
