import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { client } from './db.ts';
import { env } from './env.ts';
import { fromAttributes } from './item.ts';

/** Every item of the table, read in `segments` side by side. For the operator's checks alone: no function may scan. */
export async function everything(segments = 4): Promise<Record<string, unknown>[]> {
  const parts = await Promise.all(Array.from({ length: segments }, (_, segment) => part(segment, segments)));
  return parts.flat();
}

async function part(Segment: number, TotalSegments: number): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client().send(
      new ScanCommand({
        TableName: env('TABLE_NAME'),
        ConsistentRead: true,
        Segment,
        TotalSegments,
        ...(from ? { ExclusiveStartKey: from as never } : {}),
      }),
    );
    found.push(...Items.map(fromAttributes));
    from = LastEvaluatedKey;
  } while (from);
  return found;
}
