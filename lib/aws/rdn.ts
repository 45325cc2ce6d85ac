import { DN } from 'ldapts';
import type { DirectoryObject } from '../kit/directory.ts';

const rdn = (attribute: 'CN' | 'OU', value: string): string => new DN({ [attribute]: value }).toString();

/** Escaped relative distinguished names of containers from the base down. */
export function rdnsOfPlace(at: readonly string[]): string[] {
  return at.map((one) => rdn('OU', one));
}

/** The same of an object, its own last. */
export function rdnsOf({ type, at, name }: DirectoryObject): string[] {
  return [...rdnsOfPlace(at), rdn(type === 'CONTAINER' ? 'OU' : 'CN', name)];
}
