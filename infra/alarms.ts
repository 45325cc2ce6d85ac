import { Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/** Headings of docs/runbook.md: what to do, one per kind of alarm. */
export type Runbook =
  | 'function-errors'
  | 'function-throttles'
  | 'dead-letters'
  | 'stale-queue'
  | 'missed-schedule'
  | 'failed-deliveries'
  | 'late-outbox'
  | 'lost-outbox-records'
  | 'differences'
  | 'late-reconciler'
  | 'late-seals'
  | 'broken-audit'
  | 'api-errors'
  | 'slow-api'
  | 'refused-sessions'
  | 'table-throttles'
  | 'table-errors'
  | 'mail-bounces'
  | 'mail-complaints';

/** An alarm in words of those who suffer. */
export interface AlarmProps {
  readonly metric: IMetric;
  /** Alarms at this value and above. */
  readonly threshold: number;
  /** Periods of the metric that must breach; 1 when absent. */
  readonly periods?: number;
  /** What a person suffers: a sentence. */
  readonly impact: string;
  readonly runbook: Runbook;
}

/** The topic that wakes somebody, the alarms that reach it, and the dashboard. */
export class Alarms extends Construct {
  readonly topic: Topic;
  private readonly graphs: { title: string; left: IMetric[] }[] = [];

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const key = new Key(this, 'Key', {
      description: 'Encrypts the alarm topic of Quartermaster',
      enableKeyRotation: true,
    });
    key.grantEncryptDecrypt(new ServicePrincipal('cloudwatch.amazonaws.com'));
    this.topic = new Topic(this, 'Topic', { masterKey: key, enforceSSL: true });
  }

  /** Adds an alarm whose text says the impact and where to read on. */
  add(scope: Construct, id: string, { metric, threshold, periods = 1, impact, runbook }: AlarmProps): Alarm {
    const alarm = new Alarm(scope, id, {
      metric,
      threshold,
      evaluationPeriods: periods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `${impact} What to do: docs/runbook.md#${runbook}`,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    return alarm;
  }

  /** Draws metrics on the stack's dashboard. */
  graph(title: string, ...left: IMetric[]): void {
    this.graphs.push({ title, left });
  }

  /** Makes the dashboard of everything that was drawn. */
  draw(): void {
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: Stack.of(this).stackName,
      defaultInterval: Duration.hours(12),
    });
    dashboard.addWidgets(
      ...this.graphs.map(({ title, left }) => new GraphWidget({ title, left, width: 12, height: 6 })),
    );
  }
}
