export { groupChanged, packageChanged, policyChanged } from './console-events.ts';
export { machineCloned, machineEnrolled, machineRemoved, packageVoided } from './machine-events.ts';
