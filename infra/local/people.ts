import { localPeople } from '../bootstrap.ts';

/** The address behind each role that `npm run token -- <role>` knows: the person who holds the fewest others. */
export const people: Readonly<Record<string, string>> = byRole();

function byRole(): Record<string, string> {
  const everyone = [...localPeople.people, ...(localPeople.sample?.staff ?? [])];
  const found: Record<string, string> = {};
  for (const { email, roles } of everyone.toSorted((one, two) => one.roles.length - two.roles.length)) {
    for (const role of roles) found[role] ??= email;
  }
  return found;
}
