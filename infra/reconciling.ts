import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Resources } from './context.ts';

/** A round takes an hour's rest, so that one of a small installation ends each hour. */
const longestRoundHours = 26;

/** Alarms for what the reconciler finds, and for when it does not come round. */
export class Reconciling extends Construct {
  constructor(scope: Construct, id: string, { alarms, stage }: Resources) {
    super(scope, id);
    const told = (metricName: string, statistic: string) =>
      new Metric({
        ...{ namespace: 'Quartermaster', metricName, statistic, period: Duration.minutes(15) },
        dimensionsMap: { service: stage },
      });
    const differences = told('ReconcilerDifferences', 'Sum');
    const hours = told('ReconcilerRoundHours', 'Maximum');
    alarms.add(this, 'DifferencesAlarm', {
      metric: differences,
      threshold: 1,
      impact:
        'A balance, a pool or a notice is not what it is made of: somebody may be billed or told wrongly.',
      runbook: 'differences',
    });
    alarms.add(this, 'RoundAlarm', {
      metric: hours,
      threshold: longestRoundHours,
      impact: 'Not everybody was compared within a day: a fault of ours may stay unseen.',
      runbook: 'late-reconciler',
    });
    alarms.graph('Reconciler', differences, hours);
  }
}
