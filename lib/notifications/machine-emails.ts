import { type About, compose, type Message } from './emails.ts';

export function packageVoided({ refusals }: { readonly refusals: number }, about: About): Message {
  const { customerName, at } = about;
  return compose(
    `${customerName}: an installation package is void`,
    `${refusals} wrong tokens of one installation package of ${customerName} were tried, the last at ${at}. No machine enrols with it any more; those that did stay.\n\nIf nobody of yours has tried, somebody may be guessing. Make another package where one is needed.`,
  );
}

const signs = {
  ANOTHER_HOST: 'Its key pair was used on another machine. That call was refused.',
  SUPERSEDED:
    'A key pair was used that had been replaced by another one. That call was refused; but if it was the machine itself that made it, a copy has taken its place.',
} as const;

export function machineCloned(
  { why }: { readonly why: keyof typeof signs },
  { customerName, machineName, at }: About & { readonly machineName: string },
): Message {
  return compose(
    `${customerName}: somebody may have copied the key of machine ${machineName}`,
    `Something is wrong with the machine ${machineName} of ${customerName}, seen at ${at}.\n\n${signs[why]}\n\nIf it was cloned or moved, remove it and let both enrol anew.`,
  );
}
