import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ContributorInsightsMode,
  type ITable,
  Operation,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { projected } from '../lib/kit/keys.ts';
import type { Alarms } from './alarms.ts';

const readUnits = 20_000;
const writeUnits = 10_000;

/** A table that was restored, with a stream, in place of the stack's own. */
export interface RestoredTable {
  readonly tableArn: string;
  readonly streamArn: string;
}

export interface StoreProps {
  readonly alarms: Alarms;
  readonly restored: RestoredTable | undefined;
}

/** The one table, its key and its two sparse indexes. The stack's own table stays where it is when another takes its place. */
export class Store extends Construct {
  readonly table: Table | ITable;
  readonly key: Key;

  constructor(scope: Construct, id: string, { alarms, restored }: StoreProps) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: 'Encrypts the table of Quartermaster',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.table = restored ? this.adopt(restored) : this.make();
    this.watch(alarms);
  }

  private adopt({ tableArn, streamArn }: RestoredTable): ITable {
    return Table.fromTableAttributes(this, 'Restored', {
      ...{ tableArn, tableStreamArn: streamArn, encryptionKey: this.key },
      globalIndexes: ['tree', 'names'],
    });
  }

  private make(): Table {
    const table = new Table(this, 'Table', {
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
    index(table, 'tree', ['G1', 'S1']);
    index(table, 'names', ['G2', 'S2']);
    return table;
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

function index(table: Table, indexName: string, [partition, sort]: readonly [string, string]): void {
  table.addGlobalSecondaryIndex({
    indexName,
    partitionKey: { name: partition, type: AttributeType.STRING },
    sortKey: { name: sort, type: AttributeType.STRING },
    projectionType: ProjectionType.INCLUDE,
    nonKeyAttributes: projected,
    maxReadRequestUnits: readUnits,
    maxWriteRequestUnits: writeUnits,
  });
}
