import { problem } from '../kit/problem.ts';

export const probeNameTaken = problem({
  code: 'probes.name_taken',
  status: 409,
  title: 'The customer has another probe of this name',
});
export const wrongProbeState = problem({
  code: 'probes.wrong_state',
  status: 409,
  title: 'The probe is in a state that does not allow this',
});
export const probeStillUp = problem({
  code: 'probes.still_up',
  status: 409,
  title: 'The probe is up; `force=true` retires it all the same',
});
export const tooManyCommands = problem({
  code: 'probes.too_many_commands',
  status: 409,
  title: 'As many commands wait for the probe as may wait',
});

/** What agents are refused with: docs/agent-protocol.md. One constant answer for whoever has no right key pair or key. */
export const agentUnauthenticated = problem({
  code: 'agent.unauthenticated',
  status: 401,
  title: 'A valid certificate and signature, or a valid enrolment key, is required',
});
export const agentReplayed = problem({
  code: 'agent.replayed',
  status: 401,
  title: 'This count was used before: keep the state and raise it',
});
export const agentRevoked = problem({
  code: 'agent.revoked',
  status: 401,
  title: 'The probe was revoked or retired, or has a newer key pair',
});
export const agentCloned = problem({
  code: 'agent.cloned',
  status: 401,
  title: 'Another machine has this key pair: enrol anew',
});
export const awaitingApproval = problem({
  code: 'agent.awaiting_approval',
  status: 403,
  title: 'The probe waits for approval',
  retryable: true,
});
export const tooManyCalls = problem({
  code: 'agent.too_many_calls',
  status: 429,
  title: 'More calls than a probe may send',
  retryable: true,
});
export const sequenceGap = problem({
  code: 'agent.sequence_gap',
  status: 409,
  title: 'A report before this one is missing',
});
export const sequenceReused = problem({
  code: 'agent.sequence_reused',
  status: 422,
  title: 'Another report had this number',
});
export const noSuchCommand = problem({
  code: 'agent.no_such_command',
  status: 404,
  title: 'No such command waits for this probe',
});
