import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookOfDomain, lookOfName } from '../../lib/kit/look-alike.ts';
import { Problem } from '../../lib/kit/problem.ts';
import { mustBeCustomers, type Partner } from '../../lib/licensing/purchaser.ts';

const partner: Partner = {
  names: ['Example MSP', '株式会社', '!!!'],
  addresses: ['ada@partner.example'],
  domains: ['xn--mller-kva.example'],
};
const refused = (company: string, email: string, attested = false): string | undefined => {
  try {
    mustBeCustomers({ company, email, attested }, partner, '#/purchaser');
    return undefined;
  } catch (error) {
    return error instanceof Problem ? error.errors[0]?.pointer : 'thrown';
  }
};

describe('a purchaser that is read as the partner', () => {
  it.each([
    'ExampleMSP',
    'Example-MSP',
    'Example MSP.',
    '“Example” MSP',
    'Ехаmplе MSР',
    'ΕΧΑΜΡLΕ ΜSΡ',
    'Éxample MSP',
    'Examp1e MSP',
    'Ｅｘａｍｐｌｅ ＭＳＰ',
    '株式会社',
    '!!!',
  ])('is refused by its name: %s', (company) => {
    expect(refused(company, 'it@contoso.example')).toBe('#/purchaser/company');
  });

  it.each(['Example', 'Example MSP Customers', 'Contoso', '???', '会社'])(
    'another name is not: %s',
    (name) => {
      expect(refused(name, 'it@contoso.example')).toBeUndefined();
    },
  );

  it.each([
    // pаrtner with a Cyrillic letter, pärtner, müller in its own spelling, muller
    'xn--prtner-3nf.example',
    'mail.xn--prtner-3nf.example',
    'xn--prtner-bua.example',
    'xn--mller-kva.example',
    'muller.example',
  ])('is refused by a domain that looks like the partner’s: %s', (domain) => {
    expect(refused('Contoso', `it@${domain}`)).toBe('#/purchaser/email');
    expect(refused('Contoso', `it@${domain}`, true)).toBeUndefined();
  });

  it.each(['par-tner.example', 'partner.example.com', 'xn--zzzzzz.example', 'p4rtner.example'])(
    'another domain is not: %s',
    (domain) => expect(refused('Contoso', `it@${domain}`)).toBeUndefined(),
  );

  it('looks the same however often it is looked at, whatever its case', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(lookOfName(lookOfName(text))).toBe(lookOfName(text));
      }),
    );
    expect(lookOfDomain('XN--MLLER-KVA.Example')).toBe('muller.example');
  });
});
