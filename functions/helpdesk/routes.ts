import type { Route } from '../../lib/kit/route.ts';
import { approveTicket } from './approve-ticket.ts';
import { cancelTicket } from './cancel-ticket.ts';
import { createTicket } from './create-ticket.ts';
import { getMspMode } from './get-msp-mode.ts';
import { getTicket } from './get-ticket.ts';
import { listTickets } from './list-tickets.ts';
import { rejectTicket } from './reject-ticket.ts';

export const routes: readonly Route[] = [
  createTicket,
  listTickets,
  getTicket,
  approveTicket,
  rejectTicket,
  cancelTicket,
  getMspMode,
];
