import { expect, it } from 'vitest';
import { render, unknownVariables } from '../../lib/kit/template.ts';

it('a template shows what it was given, and nothing that every object has', () => {
  expect(render('$name owes $$5 of $constructor and $toString', { name: 'Ada' })).toBe(
    'Ada owes $5 of $constructor and $toString',
  );
  expect(unknownVariables('$name $valueOf', ['name'])).toEqual(['valueOf']);
});
