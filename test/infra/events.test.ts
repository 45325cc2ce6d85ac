import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import { ownEvents } from '../../lib/kit/context.ts';
import { ofType, target, wired } from '../kit/synth.ts';
import { sample } from './sample.ts';

const all = [...contexts, sample];
const template = wired(all);
const subscribers = all.flatMap((context) => context.subscribers ?? []);
const queues = ofType(template, 'AWS::SQS::Queue');
const rules = ofType(template, 'AWS::Events::Rule').filter(
  ([, { Properties }]) => Properties.Targets?.[0]?.DeadLetterConfig,
);
const alarms = ofType(template, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);

const dimension = (alarm: { Dimensions?: { Value: unknown }[] }) => target(alarm.Dimensions?.[0]?.Value);

describe('bus', () => {
  it('keeps every event of ours for 30 days', () => {
    const archive = ofType(template, 'AWS::Events::Archive')[0]?.[1].Properties;
    expect(archive).toMatchObject({ RetentionDays: 30, EventPattern: { source: ['quartermaster'] } });
  });

  it('has one rule per subscriber: ours on our bus, foreign ones on the default bus', () => {
    const reacting = rules.filter(([, { Properties }]) => Properties.EventPattern);
    expect(reacting).toHaveLength(subscribers.length);
    for (const one of subscribers) {
      const { on } = one;
      const foreign = 'source' in on;
      const pattern = foreign
        ? { source: [on.source], 'detail-type': on.detailTypes }
        : { source: ['quartermaster'], 'detail-type': ownEvents(one)?.map(({ type }) => type) };
      const found = rules.filter(
        ([, { Properties }]) => JSON.stringify(Properties.EventPattern) === JSON.stringify(pattern),
      );
      expect(found.length).toBeGreaterThan(0);
      for (const [, { Properties }] of found) expect(Properties.EventBusName === undefined).toBe(foreign);
    }
  });
});

it('several reactions of a context to one event are named by what each does', () => {
  for (const { subscribers: own = [] } of contexts) {
    const twins = own.filter((one) => own.some((two) => two !== one && two.on === one.on));
    for (const { id, on } of twins) {
      const [noun = '', past = ''] = ('type' in on ? on.type : '').split('.');
      expect(id).toMatch(new RegExp(`^on-${noun.replace(/s$/, '')}-${past}-[a-z]+$`));
    }
  }
});

describe('clock', () => {
  it('has one rule per schedule, which names it to its queue', () => {
    const schedules = all.flatMap((context) => context.schedules ?? []);
    const timed = rules.filter(([, { Properties }]) => Properties.ScheduleExpression);
    expect(
      timed.map(([, { Properties }]) => [Properties.ScheduleExpression, Properties.Targets[0].Input]),
    ).toEqual(schedules.map(({ id, every }) => [every, JSON.stringify({ schedule: id })]));
    expect(schedules.length).toBeGreaterThan(0);
  });
});

describe.each(rules)('%s', (_, { Properties: rule }) => {
  const [delivery] = rule.Targets;
  const queueId = target(delivery.Arn) ?? '';
  const queue = template.Resources[queueId]?.Properties;
  const deadLetters = target(queue.RedrivePolicy.deadLetterTargetArn) ?? '';

  it('gives up delivery after 2 hours or 8 tries, into the dead-letter queue', () => {
    expect(delivery.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 7200, MaximumRetryAttempts: 8 });
    expect(target(delivery.DeadLetterConfig.Arn)).toBe(deadLetters);
  });

  it('feeds a queue that gives up after 6 tries and keeps what it gave up for 14 days', () => {
    expect(queue.RedrivePolicy.maxReceiveCount).toBe(6);
    expect(template.Resources[deadLetters]?.Properties.MessageRetentionPeriod).toBe(14 * 24 * 3600);
  });

  it('is read one message at a time, none seen twice while it is worked on', () => {
    const mappings = ofType(template, 'AWS::Lambda::EventSourceMapping').filter(
      ([, { Properties }]) => target(Properties.EventSourceArn) === queueId,
    );
    expect(mappings).toHaveLength(1);
    const { BatchSize, FunctionResponseTypes, FunctionName } = mappings[0]?.[1].Properties ?? {};
    expect(BatchSize).toBe(1);
    expect(FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    const { Timeout } = template.Resources[target(FunctionName) ?? '']?.Properties ?? {};
    expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(6 * Timeout);
  });

  it('never occupies more instances than its function has', () => {
    const mappings = ofType(template, 'AWS::Lambda::EventSourceMapping').map(
      ([, { Properties }]) => Properties,
    );
    const reader =
      target(mappings.find(({ EventSourceArn }) => target(EventSourceArn) === queueId)?.FunctionName) ?? '';
    const readers = mappings
      .filter(({ FunctionName }) => target(FunctionName) === reader)
      .reduce((sum, { ScalingConfig }) => sum + ScalingConfig.MaximumConcurrency, 0);
    expect(template.Resources[reader]?.Properties.ReservedConcurrentExecutions).toBeGreaterThanOrEqual(
      readers,
    );
  });

  it('wakes somebody at the first dead letter and at 15 minutes of delay', () => {
    const watching = (id: string, metric: string) =>
      alarms.filter((alarm) => alarm.MetricName === metric && dimension(alarm) === id);
    expect(watching(deadLetters, 'ApproximateNumberOfMessagesVisible')).toMatchObject([{ Threshold: 1 }]);
    expect(watching(queueId, 'ApproximateAgeOfOldestMessage')).toMatchObject([{ Threshold: 900 }]);
  });
});

describe('queues', () => {
  it.each(queues)('%s is encrypted and refuses plain connections', (id, { Properties }) => {
    expect(Properties.SqsManagedSseEnabled).toBe(true);
    const policy = ofType(template, 'AWS::SQS::QueuePolicy').find(
      ([, found]) => target(found.Properties.Queues[0]) === id,
    );
    expect(JSON.stringify(policy?.[1].Properties)).toContain('"aws:SecureTransport":"false"');
  });
});

describe('alarms', () => {
  const runbook = readFileSync('docs/runbook.md', 'utf8');
  const anchors = [...runbook.matchAll(/^## (.+)$/gm)].map(([, title]) =>
    title
      ?.toLowerCase()
      .replace(/[^a-z0-9 -]/g, '')
      .replace(/ /g, '-'),
  );

  it('say what a person suffers and where to read on', () => {
    for (const { AlarmDescription } of alarms) {
      expect(AlarmDescription).toMatch(/^[A-Z].{20,}\. What to do: docs\/runbook\.md#[a-z-]+$/);
      expect(anchors).toContain(AlarmDescription.split('#')[1]);
    }
  });

  it('have each a heading in the runbook, and no heading is about nothing', () => {
    const used = new Set(alarms.map(({ AlarmDescription }) => AlarmDescription.split('#')[1]));
    expect([...used].sort()).toEqual(anchors.filter((anchor) => !anchor?.startsWith('how-to-')).sort());
  });

  it('reach the encrypted topic', () => {
    const topics = ofType(template, 'AWS::SNS::Topic');
    expect(topics).toHaveLength(1);
    expect(topics[0]?.[1].Properties.KmsMasterKeyId).toBeDefined();
    for (const { AlarmActions } of alarms) expect(AlarmActions.map(target)).toEqual([topics[0]?.[0]]);
  });

  it('watch errors and throttles of each function', () => {
    for (const [id] of ofType(template, 'AWS::Lambda::Function'))
      for (const metric of ['Errors', 'Throttles'])
        expect(alarms.filter((alarm) => alarm.MetricName === metric && dimension(alarm) === id)).toHaveLength(
          1,
        );
  });

  it.each([
    ['AuditChanged', 1],
    ['AuditBroken', 1],
    ['Reputation.BounceRate', 0.02],
    ['Reputation.ComplaintRate', 0.0005],
  ])('watch %s', (metric, threshold) => {
    expect(alarms.filter(({ MetricName }) => MetricName === metric)).toMatchObject([
      { Threshold: threshold },
    ]);
  });

  it.each([
    ['IteratorAge', 60_000, 900_000],
    ['OnFailureDestinationDeliveredEventCount', 1, 1],
    ['DroppedEventCount', 1, 1],
  ])('watch %s of the outbox and of what seals the audit', (metric, outbox, sealing) => {
    expect(alarms.filter(({ MetricName }) => MetricName === metric)).toMatchObject([
      { Threshold: outbox },
      { Threshold: sealing },
    ]);
  });

  it.each([
    ['5xx', 0.01],
    ['Latency', 3000],
  ])('watch %s of people’s API and of agents’', (metric, threshold) => {
    const two = [{ Threshold: threshold }, { Threshold: threshold }];
    expect(alarms.filter(({ MetricName }) => MetricName === metric)).toMatchObject(two);
  });

  it('are drawn on one dashboard', () => {
    expect(ofType(template, 'AWS::CloudWatch::Dashboard')).toHaveLength(1);
  });
});
