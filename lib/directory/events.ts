import * as z from 'zod';
import { event } from '../kit/event.ts';

const ofCompany = z.strictObject({ companyId: z.string() });
const companyId = 'com_01JZ0000000000000000000000';

export const companyAdded = event({
  type: 'directory.company_added.v1',
  summary: 'A company was added to the directory',
  data: z.strictObject({ type: z.string() }),
  example: { type: 'CUSTOMER' },
});
export const companyChanged = event({
  type: 'directory.company_changed.v1',
  summary: 'A company was renamed or described otherwise',
  data: z.strictObject({ name: z.string(), changed: z.array(z.string()) }),
  example: { name: 'Fabrikam', changed: ['name'] },
});
export const companyRemoved = event({
  type: 'directory.company_removed.v1',
  summary: 'A company left the directory',
  data: z.strictObject({}),
  example: {},
});
export const personAdded = event({
  type: 'directory.person_added.v1',
  summary: 'A person was added to a company',
  data: ofCompany,
  example: { companyId },
});
export const personChanged = event({
  type: 'directory.person_changed.v1',
  summary: 'A person was changed or moved to another company',
  data: z.strictObject({ companyId: z.string(), changed: z.array(z.string()) }),
  example: { companyId, changed: ['department'] },
});
export const personRemoved = event({
  type: 'directory.person_removed.v1',
  summary: 'A person left the directory',
  data: ofCompany,
  example: { companyId },
});
export const peopleImported = event({
  type: 'directory.people_imported.v1',
  summary: 'People of an import were added, by their companies; the subject is the import',
  data: z.strictObject({ companies: z.record(z.string(), z.array(z.string())) }),
  example: { companies: { [companyId]: ['per_01JZ0000000000000000000000'] } },
});
const importKind = z.enum(['companies', 'people', 'catalogue']);

export const importRequested = event({
  type: 'directory.import_requested.v1',
  summary: 'Rows of an import wait to be settled: at its start, and again whenever it has run long enough',
  data: z.strictObject({ kind: importKind, done: z.int(), total: z.int() }),
  example: { kind: 'people', done: 0, total: 10_000 },
});
export const importFinished = event({
  type: 'directory.import_finished.v1',
  summary: 'Every row of an import has been settled',
  data: z.strictObject({ kind: importKind, succeeded: z.int(), failed: z.int() }),
  example: { kind: 'people', succeeded: 9_998, failed: 2 },
});
