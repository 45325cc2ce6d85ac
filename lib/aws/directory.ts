import type { Directory, DirectoryObject, Effect } from '../kit/directory.ts';
import { envOr } from './env.ts';
import { openLdap } from './ldap.ts';
import { rdnsOf } from './rdn.ts';

export { describeFailure, isLasting, isOccupied, Lasting } from './ldap-error.ts';

/** The directory that the deployment names, else the table: then what the engine remembers is all there is. */
export function openDirectory(): Directory {
  return envOr('DIRECTORY_URL', '') ? openLdap() : table;
}

const kept = async (object: DirectoryObject): Promise<Effect> => ({ did: 'kept', rdns: rdnsOf(object) });

const table: Directory = {
  kind: 'TABLE',
  ensure: kept,
  switchAccount: kept,
  setPassword: kept,
  remove: kept,
  close: async () => {},
};
