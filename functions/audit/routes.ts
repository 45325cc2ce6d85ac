import type { Route } from '../../lib/kit/route.ts';
import { exportAudit } from './export-audit.ts';
import { getAuditEvent } from './get-audit-event.ts';
import { listAuditEvents } from './list-audit-events.ts';
import { listAuditSeals } from './list-audit-seals.ts';

export const routes: readonly Route[] = [listAuditEvents, getAuditEvent, listAuditSeals, exportAudit];
