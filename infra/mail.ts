import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { EventBus } from 'aws-cdk-lib/aws-events';
import {
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  DkimIdentity,
  EasyDkimSigningKeyLength,
  EmailIdentity,
  EmailSendingEvent,
  EventDestination,
  Identity,
  SuppressionReasons,
} from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';

export interface MailProps {
  /** The address that all mail comes from; its domain becomes the SES identity. */
  readonly sender: string;
  readonly alarms: Alarms;
}

/** SES: a signed domain and a configuration set that reports each delivery to EventBridge. */
export class Mail extends Construct {
  readonly sender: string;
  readonly identity: EmailIdentity;
  readonly configurationSet: ConfigurationSet;

  constructor(scope: Construct, id: string, { sender, alarms }: MailProps) {
    super(scope, id);
    this.sender = sender;
    const domain = sender.slice(sender.lastIndexOf('@') + 1);
    this.configurationSet = new ConfigurationSet(this, 'ConfigurationSet', {
      tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
      reputationMetrics: true,
      suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
    });
    this.identity = new EmailIdentity(this, 'Identity', {
      identity: Identity.domain(domain),
      dkimIdentity: DkimIdentity.easyDkim(EasyDkimSigningKeyLength.RSA_2048_BIT),
      mailFromDomain: `mail.${domain}`,
      configurationSet: this.configurationSet,
    });
    this.configurationSet.addEventDestination('Events', {
      // SES delivers to the account's default bus only.
      destination: EventDestination.eventBus(EventBus.fromEventBusName(this, 'DefaultBus', 'default')),
      events: [
        EmailSendingEvent.DELIVERY,
        EmailSendingEvent.BOUNCE,
        EmailSendingEvent.COMPLAINT,
        EmailSendingEvent.REJECT,
        EmailSendingEvent.DELIVERY_DELAY,
        EmailSendingEvent.RENDERING_FAILURE,
      ],
    });
    for (const [index, { name, value }] of this.identity.dkimRecords.entries())
      new CfnOutput(this, `DkimRecord${index + 1}`, { value: `${name} CNAME ${value}` });
    this.watch(alarms);
  }

  get configurationSetArn(): string {
    return Stack.of(this).formatArn({
      service: 'ses',
      resource: 'configuration-set',
      resourceName: this.configurationSet.configurationSetName,
    });
  }

  private watch(alarms: Alarms): void {
    const rate = (name: string) =>
      new Metric({
        namespace: 'AWS/SES',
        metricName: `Reputation.${name}`,
        dimensionsMap: { 'ses:configuration-set': this.configurationSet.configurationSetName },
        statistic: Stats.MAXIMUM,
        period: Duration.hours(1),
      });
    alarms.add(this, 'BounceAlarm', {
      metric: rate('BounceRate'),
      threshold: 0.02,
      impact: 'Alerts do not reach their recipients, and SES reviews the account at 5 %.',
      runbook: 'mail-bounces',
    });
    alarms.add(this, 'ComplaintAlarm', {
      metric: rate('ComplaintRate'),
      threshold: 0.0005,
      impact: 'Recipients mark our alerts as spam, and SES reviews the account at 0.1 %.',
      runbook: 'mail-complaints',
    });
    alarms.graph('Mail reputation', rate('BounceRate'), rate('ComplaintRate'));
  }
}
