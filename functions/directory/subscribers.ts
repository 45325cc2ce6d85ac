import type { Subscriber } from '../../lib/kit/context.ts';
import { onCompanyRemoved } from './on-company-removed.ts';
import { onImportRequested } from './on-import-requested.ts';

export const subscribers: readonly Subscriber[] = [onImportRequested, onCompanyRemoved];
