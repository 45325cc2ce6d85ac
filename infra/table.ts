import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ContributorInsightsMode,
  Operation,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';

/** Only what lists show: a balance or a meter in an index would be written twice at each change. */
const projected = [
  'kind',
  'id',
  'name',
  'state',
  'type',
  'at',
  'action',
  'actor',
  'subject',
  'email',
  'summary',
];

const readUnits = 20_000;
const writeUnits = 10_000;

/** The one table, its key and its two sparse indexes. */
export class Store extends Construct {
  readonly table: Table;
  readonly key: Key;

  constructor(scope: Construct, id: string, { alarms }: { readonly alarms: Alarms }) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: 'Encrypts the table of Quartermaster',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'PK', type: AttributeType.STRING },
      sortKey: { name: 'SK', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      maxReadRequestUnits: readUnits,
      maxWriteRequestUnits: writeUnits,
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: 35 },
      contributorInsightsSpecification: {
        enabled: true,
        mode: ContributorInsightsMode.THROTTLED_KEYS,
      },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.key,
    });
    this.index('tree', 'G1', 'S1');
    this.index('names', 'G2', 'S2');
    this.watch(alarms);
  }

  private index(indexName: string, partition: string, sort: string): void {
    this.table.addGlobalSecondaryIndex({
      indexName,
      partitionKey: { name: partition, type: AttributeType.STRING },
      sortKey: { name: sort, type: AttributeType.STRING },
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: projected,
      maxReadRequestUnits: readUnits,
      maxWriteRequestUnits: writeUnits,
    });
  }

  private watch(alarms: Alarms): void {
    const operations = [
      Operation.GET_ITEM,
      Operation.BATCH_GET_ITEM,
      Operation.QUERY,
      Operation.PUT_ITEM,
      Operation.UPDATE_ITEM,
      Operation.DELETE_ITEM,
      Operation.TRANSACT_WRITE_ITEMS,
    ];
    const period = Duration.minutes(5);
    alarms.add(this, 'ThrottlesAlarm', {
      metric: this.table.metricThrottledRequestsForOperations({ operations, period }),
      threshold: 10,
      impact: 'Requests wait or fail, because the table refuses them.',
      runbook: 'table-throttles',
    });
    alarms.add(this, 'SystemErrorsAlarm', {
      metric: this.table.metricSystemErrorsForOperations({ operations, period }),
      threshold: 5,
      impact: 'Requests fail, because DynamoDB itself fails.',
      runbook: 'table-errors',
    });
    alarms.graph(
      'Table units',
      this.table.metricConsumedReadCapacityUnits(),
      this.table.metricConsumedWriteCapacityUnits(),
    );
  }

  /** ARNs of the two indexes, by name: no wildcard. */
  get indexArns(): string[] {
    return ['tree', 'names'].map((name) => `${this.table.tableArn}/index/${name}`);
  }

  /** The key as DynamoDB uses it on behalf of a caller. */
  grantKey(grantee: IGrantable, writes: boolean): void {
    const write = ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'];
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['kms:Decrypt', 'kms:DescribeKey', ...(writes ? write : [])],
        resources: [this.key.keyArn],
        conditions: {
          StringEquals: { 'kms:ViaService': `dynamodb.${Stack.of(this).region}.amazonaws.com` },
        },
      }),
    );
  }
}
