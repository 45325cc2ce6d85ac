import * as z from 'zod';
import { parseJson } from '../../lib/aws/body.ts';
import { readRows } from '../../lib/directory/file.ts';
import { operation, requestImport } from '../../lib/directory/operation.ts';
import { importTooLong, unreadableImport } from '../../lib/directory/problems.ts';
import { route } from '../../lib/kit/route.ts';

export const importDirectory = route({
  id: 'importDirectory',
  method: 'POST',
  path: '/v1/imports',
  summary: 'Import companies or people from a CSV or NDJSON file',
  description:
    'At most 10,000 rows and 4 MiB of UTF-8. CSV starts with a heading: `name,type,organizations,locations` for companies (several values parted by `|`), `company,fullName,loginName,email,organization,department,location,attributes.<name>` for people; the optional ones may be left out. NDJSON has one object a line with the same fields. Rows are settled in the background: good rows land, bad rows are told with line and field. A file that cannot be read changes nothing.',
  permission: 'directory.manage',
  target: { home: ['PROVIDER'] },
  query: z.strictObject({ kind: z.enum(['companies', 'people']) }),
  body: z.string(),
  accepts: ['text/csv', 'application/x-ndjson'],
  maxBodyBytes: 4_194_304,
  reply: { status: 202, body: operation },
  refuses: [unreadableImport, importTooLong],
  decide: ({ scope, query, body, newId, now }) =>
    requestImport(
      scope.home.id,
      { kind: query.kind, rows: readRows(query.kind, body, parseJson) },
      { id: newId('operation'), now },
    ),
});
