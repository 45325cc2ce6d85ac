export { administrationChanged, sessionRefusedEvent } from '../kit/delegation-events.ts';
export {
  accessAsked,
  accessChanged,
  accessEnds,
  sessionAwaits,
  sessionEnded,
  sessionOpened,
} from './access-events.ts';
export {
  importAnswered,
  importAsked,
  importConfirmed,
  importLinkVoid,
  importTried,
  leaveWished,
} from './import-events.ts';
export { managedCustomerAdded } from './managed-events.ts';
export { customerReleased, removalExecuted, removalFinished } from './removal-events.ts';
