import { visit } from 'jsonc-parser';
import { type FieldError, malformed, Problem } from '../kit/problem.ts';

const deepest = 16;

/**
 * Parses a JSON text that people send us. Refuses (400) what parsers disagree on: duplicate names, `__proto__`,
 * numbers that are not exact (2^53+1) or not finite (1e400), lone surrogates, nesting beyond 16.
 */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong('#', 'is not valid JSON');
  }
  const errors: FieldError[] = [];
  const names: Set<string>[] = [];
  let depth = 0;
  const open = () => {
    depth++;
    if (depth > deepest) throw wrong('#', `is nested deeper than ${deepest} levels`);
  };
  visit(text, {
    onObjectBegin: () => {
      open();
      names.push(new Set());
    },
    onObjectEnd: () => {
      depth--;
      names.pop();
    },
    onArrayBegin: open,
    onArrayEnd: () => {
      depth--;
    },
    onObjectProperty: (name, _offset, _length, _line, _column, path) => {
      const pointer = toPointer([...path(), name]);
      const seen = names.at(-1);
      if (seen?.has(name)) errors.push({ pointer, message: 'is given twice' });
      if (name === '__proto__') errors.push({ pointer, message: 'is not a field' });
      if (!name.isWellFormed())
        errors.push({ pointer: '#', message: 'has a name that is not valid Unicode' });
      seen?.add(name);
    },
    onLiteralValue: (literal, offset, length, _line, _column, path) => {
      const pointer = () => toPointer(path());
      if (typeof literal === 'string' && !literal.isWellFormed()) {
        errors.push({ pointer: pointer(), message: 'is not valid Unicode' });
      }
      if (typeof literal !== 'number') return;
      const written = text.slice(offset, offset + length);
      if (!Number.isFinite(literal) || (Number.isInteger(literal) && !Number.isSafeInteger(literal))) {
        errors.push({
          pointer: pointer(),
          message: `${written.slice(0, 40)} is not a number that we can keep exactly`,
        });
      }
    },
  });
  if (errors.length > 0)
    throw new Problem(malformed, 'The body has fields that cannot be read safely', { errors });
  return value;
}

/** RFC 6901 pointer, as a URI fragment. */
export function toPointer(path: readonly PropertyKey[]): string {
  return `#${path.map((part) => `/${String(part).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('')}`;
}

function wrong(pointer: string, message: string): Problem {
  return new Problem(malformed, `The body ${message}`, { errors: [{ pointer, message }] });
}
