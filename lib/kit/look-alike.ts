import { domainToUnicode } from 'node:url';

// Letters of the scripts that names and domains are written in, behind the Latin one that each is read as: those of
// Unicode's confusables (UTS 39) that one letter stands for and no decomposition. Packages with the whole list bring 100 KB.
const looks =
  'aɑΑαАаᎪꓮ bƄΒβВЬвᏏᏴꓐꞴ cСсᏟᴄⲤⲥꓚꮯ dđԁᎠᏧꓒꓓ eΕεЕеҽᎬꓰꬲ fϜքẝꓝꞘꞙꬵ gƍɡԌցᏀᏳᶃꓖ hħΗНнһհᎻᏂⲎꓧ iIıƖɩɪΙιІіӀᎥⲒꓲꙇꭵ jͿϳЈјᎫꓙꞲ kΚκКкᏦⲔꓗ lłǀʟӏᏞⳐꓡ mΜϺМмᎷⲘꓟ ' +
  'nΝոռⲚꓠ oøΟοσОоՕօჿᴏᴑⲞⲟꓳꬽ pΡρРрᏢⲢⲣꓑ qԚԛգզ rƦгᎡᏒᴦⲅꓣꭇꭈꮁ sƽЅѕՏᏕᏚꓢꜱꮪ tΤτТтᎢⲦꓔ uʋυՍսᴜꓴꞟꭎꭒ vνѴѵᏙᴠꓦꮩ wɯѡԜԝաᎳᏔᴡꓪꮃ xΧχХхⲬꓫꞳ yɣʏΥγУуҮүყᎩᎽᶌỿⲨꓬꭚ zΖᏃᴢꓜꮓ';
const latin = new Map(
  looks.split(' ').flatMap(([letter = '', ...others]) => others.map((one) => [one, letter] as const)),
);

const fold = (text: string): string =>
  Array.from(text.normalize('NFKD').replace(/\p{M}/gu, ''), (one) => latin.get(one) ?? one).join('');

/** Twice, for a letter may have a Latin look in one of its cases alone. */
const plain = (text: string): string => fold(fold(text).toLowerCase());

/** Digits and pairs of letters that stand in for a letter. */
const read = (text: string): string => text.replaceAll('0', 'o').replaceAll('1', 'l').replaceAll('rn', 'm');

/** What a name looks like to somebody who reads it in passing: letters and digits alone. */
export const lookOfName = (name: string): string => read(plain(name).replace(/[^\p{L}\p{N}]/gu, ''));

/** What a domain looks like in an address line: `xn--` labels as they are shown. */
export const lookOfDomain = (domain: string): string => read(plain(domainToUnicode(domain) || domain));
