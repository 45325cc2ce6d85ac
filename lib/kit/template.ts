/** `$name`, where name is letters; `$$` is a dollar sign. */
const variable = /\$(\$|[A-Za-z]+)/g;

/** Names used in a template that are not in `known`. Empty: the template may be saved. */
export function unknownVariables(template: string, known: readonly string[]): string[] {
  const unknown = new Set<string>();
  for (const [, name = ''] of template.matchAll(variable))
    if (name !== '$' && !known.includes(name)) unknown.add(name);
  return [...unknown];
}

/** Puts values in place of variables, once: a value that looks like a variable stays as it is. */
export function render(template: string, values: Readonly<Record<string, string>>): string {
  const own = (name: string) => (Object.hasOwn(values, name) ? values[name] : undefined);
  return template.replace(variable, (whole, name: string) => (name === '$' ? '$' : (own(name) ?? whole)));
}
