import { problem } from '../kit/problem.ts';

export const probeNameTaken = problem({
  code: 'probes.name_taken',
  status: 409,
  title: 'The customer has another probe of this name',
});
export const tooManyProbes = problem({
  code: 'probes.too_many',
  status: 409,
  title: 'The customer has as many probes as it can have',
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
export const tooManyWindows = problem({
  code: 'probes.too_many_windows',
  status: 409,
  title: 'The customer has as many maintenance windows as it can have',
});
/** What agents are refused with, besides what any call of theirs may meet (`agentProblems`): docs/agent-protocol.md. */
export const sequenceGap = problem({
  code: 'agent.sequence_gap',
  status: 409,
  title: 'A report before this one is missing',
});
export const tooManyItems = problem({
  code: 'agent.too_many_items',
  status: 409,
  title: 'The probe has reported as many things as it can have',
});
export const sequenceReused = problem({
  code: 'agent.sequence_reused',
  status: 422,
  title: 'Another report had this number',
});
