import * as z from 'zod';
import { parseJson } from '../../lib/aws/body.ts';
import { makesAsSupplier } from '../../lib/catalog/authorship.ts';
import { mostRows, received, source } from '../../lib/catalog/import.ts';
import { pricingFor } from '../../lib/catalog/item-store.ts';
import { importTooLong } from '../../lib/catalog/problems.ts';
import { isNdjson, readRows } from '../../lib/directory/file.ts';
import { operation, requestImport } from '../../lib/directory/operation.ts';
import { importTooLong as tooManyRows, unreadableImport } from '../../lib/directory/problems.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { malformed, Problem } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { instant } from '../../lib/kit/text.ts';

export const importCatalogue = route({
  id: 'importCatalogue',
  method: 'POST',
  path: '/v1/catalogue/imports',
  summary: 'Draft items of the catalogue from a CSV or NDJSON file',
  description:
    'At most 1,000 rows. CSV starts with a heading: `name` and, where wanted, `code,type,summary,description,category,price,quantityMin,quantityMax,approval`; NDJSON has one object a line with the fields of an item, typed as in JSON, as the export writes them. `source` must say where the file is from: from a connector prices are dropped and items are free; of an export they are kept if it was made after the pricing system was last switched. A row whose `code` an item has already, or an earlier row, changes nothing and is told with that item: a file imported twice makes no doubles of rows with codes. Rows are settled in the background: `GET /v1/operations/{operationId}/rows` lists those that failed, with `?state=succeeded` those that landed.',
  permission: 'catalogue.author',
  target: { home: ['PROVIDER'] },
  query: z.strictObject({
    source: source.describe('Where the file is from, which says whether its prices count'),
    exportedAt: instant.optional().describe('When the export was made; needed for `source=export`'),
  }),
  body: z.string(),
  accepts: ['text/csv', 'application/x-ndjson'],
  maxBodyBytes: 4_194_304,
  reply: { status: 202, body: operation },
  refuses: [unreadableImport, importTooLong, tooManyRows],
  load: ({ home }) => pricingFor(home),
  decide: ({ scope, query, body, newId, now }, pricing) => {
    if (query.source === 'export' && query.exportedAt === undefined) {
      const errors = [{ pointer: '#/query/exportedAt', message: 'is needed for an export' }];
      throw new Problem(malformed, undefined, { errors });
    }
    const rows = readRows('catalogue', body, parseJson);
    if (rows.length > mostRows) refuse(importTooLong);
    return requestImport(
      scope.home.id,
      {
        kind: 'catalogue',
        rows: received(rows, query, {
          pricing,
          supplied: makesAsSupplier(scope.roles),
          texts: !isNdjson(body),
        }),
      },
      { id: newId('operation'), now },
    );
  },
});
