import * as z from 'zod';
import { event } from '../kit/event.ts';

const providerId = 'prv_01JD3Y8E5V9Q0000000000000A';
const ticketId = 'tic_01JD3Y8E5V9Q0000000000000B';
const ticketKind = z.enum(['MSP_MODE', 'QUESTION']);

export const ticketRaised = event({
  type: 'helpdesk.ticket_raised.v1',
  summary: 'A provider raised a ticket',
  data: z.strictObject({ providerId: z.string(), kind: ticketKind, subject: z.string() }),
  example: { providerId, kind: 'MSP_MODE', subject: 'Please enable MSP mode' },
});

export const ticketDecided = event({
  type: 'helpdesk.ticket_decided.v1',
  summary: 'A ticket was approved, rejected or cancelled',
  data: z.strictObject({
    providerId: z.string(),
    kind: ticketKind,
    state: z.enum(['APPROVED', 'REJECTED', 'CANCELLED']),
    reason: z.string().nullable(),
    requestedBy: z.string(),
  }),
  example: {
    providerId,
    kind: 'MSP_MODE',
    state: 'REJECTED',
    reason: 'The installation is not ready',
    requestedBy: 'per_01JD3Y8E5V9Q0000000000000C',
  },
});

export const mspModeEnabled = event({
  type: 'helpdesk.msp_mode_enabled.v1',
  summary: 'A provider may add customers from now on',
  data: z.strictObject({
    providerId: z.string(),
    ticketId: z.string().nullable().describe('Null on premises, where no ticket is needed'),
  }),
  example: { providerId, ticketId },
});

export const mspModeDisabled = event({
  type: 'helpdesk.msp_mode_disabled.v1',
  summary: 'A provider without customers switched MSP mode off',
  data: z.strictObject({ providerId: z.string() }),
  example: { providerId },
});
