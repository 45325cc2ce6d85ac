import { ask } from './dynamo.ts';
import { env } from './env.ts';
import { fromAttributes } from './item.ts';

type Stored = Record<string, unknown>;

/**
 * Shows every item of the table, or every entry of one of its indexes, page by page, in `segments` side by side; holds no more than
 * a page (1 MB) of each. For the operator's checks alone: no function may scan.
 */
export async function scan(
  see: (item: Stored) => void,
  { segments = 4, index }: { segments?: number; index?: 'tree' | 'names' | undefined } = {},
): Promise<void> {
  const part = async (Segment: number) => {
    let from: Stored | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await ask('Scan', {
        TableName: env('TABLE_NAME'),
        ...(index ? { IndexName: index } : { ConsistentRead: true }),
        Segment,
        TotalSegments: segments,
        ...(from ? { ExclusiveStartKey: from as never } : {}),
      });
      for (const item of Items) see(fromAttributes(item));
      from = LastEvaluatedKey;
    } while (from);
  };
  await Promise.all(Array.from({ length: segments }, (_, segment) => part(segment)));
}

/** Every item of a small table at once. */
export async function everything(): Promise<Stored[]> {
  const found: Stored[] = [];
  await scan((item) => found.push(item));
  return found;
}
