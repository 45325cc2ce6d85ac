import { domainToUnicode } from 'node:url';

/** Letters of other scripts, each with the Latin one that it is read as. */
const looks =
  'АA ВB ЕE ЅS ІI ЈJ КK МM НH ОO РP СC ТT УY ХX ԚQ ԜW аa вb еe ѕs іi јj кk мm нh оo рp сc тt уy хx ԁd ԛq ԝw һh ӏl ' +
  'ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX αa βb εe ιi κk νv οo ρp τt υu χx γy ɑa ɡg ıi ʟl ᴏo øo łl đd ħh';
const latin = new Map(looks.split(' ').map((pair) => [...pair] as [string, string]));

const plain = (text: string): string =>
  Array.from(text.normalize('NFKD').replace(/\p{M}/gu, ''), (one) => latin.get(one) ?? one)
    .join('')
    .toLowerCase();

/** What a name looks like to somebody who reads it in passing: letters and digits alone. */
export const lookOfName = (name: string): string =>
  plain(name)
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replaceAll('0', 'o')
    .replaceAll('1', 'l');

/** What a domain looks like in an address line: `xn--` labels as they are shown. */
export const lookOfDomain = (domain: string): string => plain(domainToUnicode(domain) || domain);
