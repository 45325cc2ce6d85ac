import type { Route } from '../../lib/kit/route.ts';
import { addComment } from './add-comment.ts';
import { approveTicket } from './approve-ticket.ts';
import { cancelTicket } from './cancel-ticket.ts';
import { createCollaboratorGroup } from './create-collaborator-group.ts';
import { createExternalUser } from './create-external-user.ts';
import { createTicket } from './create-ticket.ts';
import { deleteCollaboratorGroup } from './delete-collaborator-group.ts';
import { deleteExternalUser } from './delete-external-user.ts';
import { disableMspMode } from './disable-msp-mode.ts';
import { enableMspMode } from './enable-msp-mode.ts';
import { getCollaboratorGroup } from './get-collaborator-group.ts';
import { getEligibility } from './get-eligibility.ts';
import { getExternalUser } from './get-external-user.ts';
import { getMspMode } from './get-msp-mode.ts';
import { getTicket } from './get-ticket.ts';
import { listCollaboratorGroups } from './list-collaborator-groups.ts';
import { listComments } from './list-comments.ts';
import { listExternalUsers } from './list-external-users.ts';
import { listTickets } from './list-tickets.ts';
import { rejectTicket } from './reject-ticket.ts';

export const routes: readonly Route[] = [
  createTicket,
  listTickets,
  getTicket,
  approveTicket,
  rejectTicket,
  cancelTicket,
  addComment,
  listComments,
  getMspMode,
  getEligibility,
  enableMspMode,
  disableMspMode,
  createExternalUser,
  listExternalUsers,
  getExternalUser,
  deleteExternalUser,
  createCollaboratorGroup,
  listCollaboratorGroups,
  getCollaboratorGroup,
  deleteCollaboratorGroup,
];
