/** An entry of a directory: its name, and its attributes by name in lower case. */
export interface LdifEntry {
  readonly dn: string;
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}

/** Entries of what `ldapsearch -LLL` prints. Folded lines and values in base64 are read; references to elsewhere are left out. */
export function parseLdif(text: string): LdifEntry[] {
  const unfolded = text.replace(/\r/g, '').replace(/\n /g, '');
  return unfolded.split(/\n\n+/).flatMap((block) => {
    const lines = block.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const [first, ...rest] = lines.map(readLine);
    if (first?.name !== 'dn') return [];
    const attributes = new Map<string, string[]>();
    for (const { name, value } of rest) attributes.set(name, [...(attributes.get(name) ?? []), value]);
    return [{ dn: first.value, attributes }];
  });
}

function readLine(line: string): { name: string; value: string } {
  const [, name = '', mark = '', value = ''] = /^([^:]+):(:?) ?(.*)$/.exec(line) ?? [];
  return {
    name: name.toLowerCase(),
    value: mark === ':' ? Buffer.from(value, 'base64').toString('utf8') : value,
  };
}

/** A distinguished name in one spelling: servers write escaped characters as `\2C` or `\,`, and others as UTF-8 in hexadecimal. */
export function spellDn(dn: string): string {
  return dn.replace(/\\\\|(?:\\[0-9A-F]{2})+/gi, (hex) => {
    if (hex === '\\\\') return hex;
    const text = Buffer.from(hex.replaceAll('\\', ''), 'hex').toString('utf8');
    return [...text].map((one) => (/[\x20-\x7e]/.test(one) ? `\\${one}` : one)).join('');
  });
}
