import type { Route } from '../../lib/kit/route.ts';
import { answerImport } from './answer-import.ts';
import { askImport } from './ask-import.ts';
import { cancelImport } from './cancel-import.ts';
import { getImport } from './get-import.ts';
import { listImports } from './list-imports.ts';
import { resendImport } from './resend-import.ts';

export const importRoutes: readonly Route[] = [
  askImport,
  listImports,
  getImport,
  resendImport,
  cancelImport,
  answerImport,
];
