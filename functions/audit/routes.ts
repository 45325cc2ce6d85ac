import type { Route } from '../../lib/kit/route.ts';
import { getAuditEvent } from './get-audit-event.ts';
import { listAuditEvents } from './list-audit-events.ts';

export const routes: readonly Route[] = [listAuditEvents, getAuditEvent];
