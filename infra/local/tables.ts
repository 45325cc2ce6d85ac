import type { TableShape } from './aws-request.ts';
import { callEngine, EngineError } from './dynamo.ts';
import { Stop } from './failure.ts';
import type { Stack } from './template.ts';

interface KeyPart {
  readonly AttributeName: string;
  readonly KeyType: 'HASH' | 'RANGE';
}

interface Index {
  readonly IndexName: string;
  readonly KeySchema: KeyPart[];
  readonly Projection: unknown;
}

interface TableProperties {
  readonly TableName?: string;
  readonly AttributeDefinitions: unknown[];
  readonly KeySchema: KeyPart[];
  readonly GlobalSecondaryIndexes?: Index[];
  readonly LocalSecondaryIndexes?: Index[];
  readonly StreamSpecification?: { StreamViewType: string };
  readonly TimeToLiveSpecification?: { AttributeName?: string; Enabled?: boolean };
  readonly SSESpecification?: { KMSMasterKeyId?: string };
  readonly Replicas?: { SSESpecification?: { KMSMasterKeyId?: string } }[];
}

/** Shapes of the stack's tables by name. */
export function readTables(stack: Stack): Map<string, TableShape> {
  const shapes = new Map<string, TableShape>();
  for (const { id, properties } of tablesOf(stack)) {
    const name = properties.TableName ?? `${stack.place.stackName}-${id}`;
    const key =
      properties.SSESpecification?.KMSMasterKeyId ??
      properties.Replicas?.[0]?.SSESpecification?.KMSMasterKeyId;
    const keyArn =
      key && !key.startsWith('arn:')
        ? `arn:aws:kms:${stack.place.region}:${stack.place.account}:key/${key}`
        : key;
    shapes.set(name, {
      name,
      hashKey: hashOf(properties.KeySchema),
      indexHashKeys: Object.fromEntries(
        (properties.GlobalSecondaryIndexes ?? []).map((one) => [one.IndexName, hashOf(one.KeySchema)]),
      ),
      keyArn,
    });
  }
  return shapes;
}

/** Creates the stack's tables where they do not exist. True when one was made. */
export async function createTables(stack: Stack, endpoint: string): Promise<boolean> {
  let made = false;
  for (const { id, properties } of tablesOf(stack)) {
    const TableName = properties.TableName ?? `${stack.place.stackName}-${id}`;
    const existing = await describe(endpoint, TableName);
    if (existing) {
      expectSame(TableName, properties, existing);
      continue;
    }
    made = true;
    const indexes = (list: Index[] | undefined) =>
      list?.map(({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection }));
    await call(endpoint, 'CreateTable', {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: properties.AttributeDefinitions,
      KeySchema: properties.KeySchema,
      GlobalSecondaryIndexes: indexes(properties.GlobalSecondaryIndexes),
      LocalSecondaryIndexes: indexes(properties.LocalSecondaryIndexes),
      ...(properties.StreamSpecification
        ? {
            StreamSpecification: {
              StreamEnabled: true,
              StreamViewType: properties.StreamSpecification.StreamViewType,
            },
          }
        : {}),
    });
    const ttl = properties.TimeToLiveSpecification;
    if (ttl?.AttributeName) {
      await call(endpoint, 'UpdateTimeToLive', {
        TableName,
        TimeToLiveSpecification: { Enabled: true, AttributeName: ttl.AttributeName },
      });
    }
  }
  return made;
}

interface Description {
  readonly KeySchema: KeyPart[];
  readonly GlobalSecondaryIndexes?: Index[];
}

// Items outlive a change of the code, but not a change of keys.
function expectSame(name: string, wanted: TableProperties, existing: Description): void {
  const picture = (table: Description) =>
    JSON.stringify([
      hashOf(table.KeySchema),
      (table.GlobalSecondaryIndexes ?? []).map((one) => `${one.IndexName}/${hashOf(one.KeySchema)}`).sort(),
    ]);
  if (picture(wanted) !== picture(existing)) {
    throw new Stop(
      `The stored table ${name} has other keys or indexes than the template: remove the data folder to begin anew.`,
    );
  }
}

async function describe(endpoint: string, TableName: string): Promise<Description | undefined> {
  try {
    return (await call<{ Table: Description }>(endpoint, 'DescribeTable', { TableName })).Table;
  } catch (error) {
    if (error instanceof EngineError && error.code === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

function tablesOf(stack: Stack) {
  return stack.all<TableProperties>('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable');
}

function hashOf(schema: readonly KeyPart[]): string {
  return schema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '';
}

function call<T>(endpoint: string, operation: string, input: unknown): Promise<T> {
  return callEngine<T>(endpoint, 'DynamoDB_20120810', operation, input);
}
