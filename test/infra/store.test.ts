import { describe, expect, it } from 'vitest';
import { ofType, target, wired } from '../kit/synth.ts';
import { sample } from './sample.ts';

const template = wired([sample]);
const only = (type: string) => {
  const found = ofType(template, type);
  expect(found, type).toHaveLength(1);
  return found[0] as (typeof found)[0];
};

describe('table', () => {
  const [, table] = only('AWS::DynamoDB::Table');

  it('can be restored to any second of 35 days', () => {
    expect(table.Properties.PointInTimeRecoverySpecification).toEqual({
      PointInTimeRecoveryEnabled: true,
      RecoveryPeriodInDays: 35,
    });
  });

  it('cannot be deleted by accident', () => {
    expect(table.Properties.DeletionProtectionEnabled).toBe(true);
    expect(table.DeletionPolicy).toBe('Retain');
  });

  it('is encrypted with a key of our own that rotates', () => {
    expect(table.Properties.SSESpecification).toMatchObject({ SSEEnabled: true, SSEType: 'KMS' });
    const key = target(table.Properties.SSESpecification.KMSMasterKeyId) ?? '';
    expect(template.Resources[key]?.Properties.EnableKeyRotation).toBe(true);
    expect(template.Resources[key]?.DeletionPolicy).toBe('Retain');
  });

  it('costs what is used, up to a limit', () => {
    expect(table.Properties.BillingMode).toBe('PAY_PER_REQUEST');
    const limited = { MaxReadRequestUnits: expect.any(Number), MaxWriteRequestUnits: expect.any(Number) };
    expect(table.Properties.OnDemandThroughput).toEqual(limited);
    for (const index of table.Properties.GlobalSecondaryIndexes)
      expect(index.OnDemandThroughput).toEqual(limited);
  });

  it('streams both images and forgets by expiresAt', () => {
    expect(table.Properties.StreamSpecification).toEqual({ StreamViewType: 'NEW_AND_OLD_IMAGES' });
    expect(table.Properties.TimeToLiveSpecification).toEqual({ AttributeName: 'expiresAt', Enabled: true });
  });

  it('has two sparse indexes without hot attributes', () => {
    const indexes = table.Properties.GlobalSecondaryIndexes.map(
      (index: { IndexName: string; KeySchema: { AttributeName: string }[] }) => [
        index.IndexName,
        ...index.KeySchema.map((key) => key.AttributeName),
      ],
    );
    expect(indexes).toEqual([
      ['tree', 'G1', 'S1'],
      ['names', 'G2', 'S2'],
    ]);
    for (const { Projection } of table.Properties.GlobalSecondaryIndexes) {
      expect(Projection.ProjectionType).toBe('INCLUDE');
      for (const hot of ['balance', 'used', 'allocated', 'seenAt'])
        expect(Projection.NonKeyAttributes).not.toContain(hot);
    }
  });

  it('shows which keys are throttled', () => {
    expect(table.Properties.ContributorInsightsSpecification.Enabled).toBe(true);
  });
});

describe('outbox', () => {
  const mappings = ofType(template, 'AWS::Lambda::EventSourceMapping');
  const mapping = mappings.find(([id]) => id.startsWith('Publishing'))?.[1].Properties;

  it('reads the stream with bounded retries that isolate a bad record', () => {
    expect(mapping).toMatchObject({
      BatchSize: 100,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumRecordAgeInSeconds: 21_600,
      MaximumRetryAttempts: 8,
      ParallelizationFactor: 4,
      StartingPosition: 'TRIM_HORIZON',
    });
  });

  it('wakes only for what announces something', () => {
    expect(
      mapping.FilterCriteria.Filters.map(({ Pattern }: { Pattern: string }) => JSON.parse(Pattern)),
    ).toEqual([{ eventName: ['INSERT'], dynamodb: { NewImage: { ev: { S: [{ exists: true }] } } } }]);
  });

  it('keeps the whole record of what failed, in a closed bucket', () => {
    const bucket = template.Resources[target(mapping.DestinationConfig.OnFailure.Destination) ?? ''];
    expect(bucket?.Type).toBe('AWS::S3::Bucket');
    expect(bucket?.Properties.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    expect(bucket?.Properties.LifecycleConfiguration.Rules[0].ExpirationInDays).toBe(90);
  });

  it('reads the stream beside what seals the audit, and nobody else does: a shard has two readers at most', () => {
    const reading = mappings.filter(([, { Properties }]) => Properties.StartingPosition).map(([id]) => id);
    expect(reading.map((id) => /^[A-Z][a-z]+/.exec(id)?.[0]).sort()).toEqual(['Publishing', 'Sealing']);
  });
});

describe('anchors', () => {
  const bucket = ofType(template, 'AWS::S3::Bucket').find(
    ([, { Properties }]) => Properties.ObjectLockEnabled,
  )?.[1];

  it('are locked for 400 days, against everybody, in a closed and versioned bucket that stays', () => {
    const rule = { DefaultRetention: { Mode: 'COMPLIANCE', Days: 400 } };
    expect(bucket?.Properties.ObjectLockConfiguration).toEqual({ ObjectLockEnabled: 'Enabled', Rule: rule });
    expect(bucket?.Properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
    expect(Object.values(bucket?.Properties.PublicAccessBlockConfiguration)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(bucket?.Properties.LifecycleConfiguration).toBeUndefined();
    expect(bucket?.DeletionPolicy).toBe('Retain');
  });

  it('are locked for as long as the deployment says', () => {
    const [, other] =
      ofType(wired([sample], { anchorDays: 3650 }), 'AWS::S3::Bucket').find(
        ([, { Properties }]) => Properties.ObjectLockEnabled,
      ) ?? [];
    expect(other?.Properties.ObjectLockConfiguration.Rule.DefaultRetention.Days).toBe(3650);
  });
});

describe('sealing', () => {
  const mapping = ofType(template, 'AWS::Lambda::EventSourceMapping').find(([id]) =>
    id.startsWith('Sealing'),
  )?.[1];

  it('takes every entry that is written, and whatever changes one or a seal', () => {
    const kind = { S: ['audit', 'seal', 'sealPart'] };
    expect(
      mapping?.Properties.FilterCriteria.Filters.map(({ Pattern }: { Pattern: string }) =>
        JSON.parse(Pattern),
      ),
    ).toEqual([
      { eventName: ['INSERT'], dynamodb: { NewImage: { kind: { S: ['audit'] } } } },
      { eventName: ['MODIFY'], dynamodb: { OldImage: { kind } } },
      { eventName: ['REMOVE'], dynamodb: { OldImage: { kind } } },
    ]);
  });

  it('makes a seal of up to five minutes, tries for most of a day, and keeps what it gave up', () => {
    expect(mapping?.Properties).toMatchObject({
      MaximumBatchingWindowInSeconds: 300,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumRecordAgeInSeconds: 72_000,
      StartingPosition: 'TRIM_HORIZON',
    });
    expect(target(mapping?.Properties.DestinationConfig.OnFailure.Destination)).toMatch(/Failures/);
  });
});
