import { domainToASCII } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookOfDomain, lookOfName } from '../../lib/kit/look-alike.ts';
import { Problem } from '../../lib/kit/problem.ts';
import { mustBeCustomers, type Partner } from '../../lib/licensing/purchaser.ts';

const partner: Partner = {
  names: ['Example MSP', '株式会社', '!!!'],
  addresses: ['ada@partner.example', 'ada.m.sp@gmail.com', 'eve@modern-01.example'],
  domains: ['xn--mller-kva.example', 'registered.example'],
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
    'Ехаmрlе МЅР',
    'Ꭼxample ꓟSP',
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
    // pаrtner with a Cyrillic letter, pärtner; pɑrtոer with an Armenian one
    'xn--prtner-3nf.example',
    'mail.xn--prtner-3nf.example',
    'xn--prtner-bua.example',
    domainToASCII('pɑrtոer.example'),
    // modern-01
    'modem-01.example',
    'modern-ol.example',
  ])('is refused by a domain that looks like one of the partner’s people, unless attested: %s', (domain) => {
    expect(refused('Contoso', `it@${domain}`)).toBe('#/purchaser/email');
    expect(refused('Contoso', `it@${domain}`, true)).toBeUndefined();
  });

  it.each([
    // müller in its own spelling, muller
    'xn--mller-kva.example',
    'muller.example',
    'registered.example',
    'mail.registered.example',
    domainToASCII('regıstered.example'),
    domainToASCII('гegistered.example'),
  ])(
    'is refused by a domain that the partner has registered, or its like, whatever is attested: %s',
    (domain) => {
      for (const attested of [false, true])
        expect(refused('Contoso', `it@${domain}`, attested)).toBe('#/purchaser/email');
    },
  );

  it.each(['adamsp@gmail.com', 'A.d.a.m.s.p+it@GoogleMail.com'])(
    'is refused by a mailbox of the partner in another spelling, whatever is attested: %s',
    (email) => expect(refused('Contoso', email, true)).toBe('#/purchaser/email'),
  );

  it('may be somebody else of a public domain, where that is attested', () => {
    for (const email of ['ada@gmail.com', 'adamsp1@googlemail.com']) {
      expect(refused('Contoso', email)).toBe('#/purchaser/email');
      expect(refused('Contoso', email, true)).toBeUndefined();
    }
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
