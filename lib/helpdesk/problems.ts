import { problem } from '../kit/problem.ts';

export const ticketNotOpen = problem({
  code: 'tickets.not_open',
  status: 409,
  title: 'The ticket is already decided or cancelled',
});
export const ownRequest = problem({
  code: 'tickets.own_request',
  status: 409,
  title: 'Nobody decides on their own request',
});
export const onlyByAdministrator = problem({
  code: 'msp_mode.only_by_administrator',
  status: 409,
  title: 'On premises the system administrator enables MSP mode, no ticket is needed',
});
export const onlyByTicket = problem({
  code: 'msp_mode.only_by_ticket',
  status: 409,
  title: 'A hosted provider asks for MSP mode by a help-desk ticket',
});
export const alreadyRequested = problem({
  code: 'msp_mode.already_requested',
  status: 409,
  title: 'A ticket for MSP mode is already open',
});
export const alreadyEnabled = problem({
  code: 'msp_mode.already_enabled',
  status: 409,
  title: 'MSP mode is already enabled',
});
export const notEnabled = problem({
  code: 'msp_mode.not_enabled',
  status: 409,
  title: 'MSP mode is not enabled',
});
export const notEligible = problem({
  code: 'msp_mode.not_eligible',
  status: 409,
  title: 'A precondition of MSP mode does not hold',
});
export const customersExist = problem({
  code: 'msp_mode.customers_exist',
  status: 409,
  title: 'MSP mode can be switched off only while no customer exists',
});
export const externalUsersRefused = problem({
  code: 'external_users.refused_in_msp_mode',
  status: 409,
  title: 'There are no external users in MSP mode',
});
export const externalUserTaken = problem({
  code: 'external_users.address_taken',
  status: 409,
  title: 'Another external user has this e-mail address',
});
export const groupsRefused = problem({
  code: 'collaborator_groups.refused_in_msp_mode',
  status: 409,
  title: 'There are no collaborator groups in MSP mode',
});
export const groupNameTaken = problem({
  code: 'collaborator_groups.name_taken',
  status: 409,
  title: 'Another collaborator group has this name',
});
