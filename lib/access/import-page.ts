import { createHash } from 'node:crypto';
import { escapeHtml } from '../kit/html.ts';
import type { Import } from './import.ts';
import { alsoAbove, dateOf, done, seen } from './import-words.ts';

const style =
  'body{font:1rem/1.6 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.2rem;margin-top:2rem}label{display:block;font-weight:600;margin-top:1rem}input,textarea{font:inherit;width:100%;box-sizing:border-box;padding:.5rem;border:1px solid #5a5a5a;border-radius:4px}button{font:inherit;font-weight:600;margin-top:1rem;padding:.6rem 1.2rem;border:2px solid #0b4a8f;border-radius:4px;background:#0b4a8f;color:#fff;cursor:pointer}button.other{background:#fff;color:#0b4a8f}:focus-visible{outline:3px solid #b35900;outline-offset:2px}blockquote{margin:1rem 0;padding-left:1rem;border-left:4px solid #5a5a5a}.hint{margin:.2rem 0;color:#444}.error{border:2px solid #a40000;padding:.5rem 1rem;border-radius:4px;color:#a40000}';

const styleHash = (): string => createHash('sha256').update(style).digest('base64');

/** Nothing but the page itself: no script, no picture, no frame, no other place to send a form to. */
export const pageHeaders = (): Readonly<Record<string, string>> => ({
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash()}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex, nofollow',
});

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`;
}

const paragraphs = (...texts: readonly string[]) =>
  texts.map((one) => `<p>${escapeHtml(one)}</p>`).join('\n');
const list = (texts: readonly string[]) =>
  `<ul>\n${texts.map((one) => `<li>${escapeHtml(one)}</li>`).join('\n')}\n</ul>`;

export interface Asking {
  readonly token: string;
  readonly partnerName: string;
  /** Names of whoever stands above the partner. */
  readonly above: readonly string[];
  readonly one: Pick<Import, 'managementType' | 'communications' | 'access' | 'message' | 'endsAt'>;
  /** Who looks after the customer now, where somebody does. */
  readonly presentName: string | undefined;
  readonly wished: boolean;
  /** What was typed before was not the address. */
  readonly wrong: boolean;
}

/** Who asks, for what, until when; and the forms to answer with. */
export function askingPage(asking: Asking): string {
  const { partnerName, above, one, presentName, wrong } = asking;
  const alert =
    '<p class="error" role="alert" id="wrong">That is not the address that the mail went to. Nothing was changed. After five wrong addresses this link ends.</p>';
  const message = one.message
    ? `<h2>What ${escapeHtml(partnerName)} writes</h2>\n<blockquote><p>${escapeHtml(one.message).replace(/\n/g, '<br>')}</p></blockquote>`
    : '';
  return page(
    `${partnerName} asks to look after your account`,
    [
      wrong ? alert : '',
      paragraphs(
        'Nothing changes before you answer. If you do not know who asks, decline or do nothing.',
        ...alsoAbove(partnerName, above, one),
      ),
      message,
      `<h2>What ${escapeHtml(partnerName)} will see</h2>\n${list(seen(partnerName))}`,
      `<h2>What ${escapeHtml(partnerName)} will do</h2>\n${list(done(partnerName, one))}`,
      '<h2>Until when</h2>',
      paragraphs(
        `You can answer until ${dateOf(one.endsAt)}.`,
        'Access to your console ends a year after you confirm, unless you end it before.',
      ),
      presentName === undefined ? confirming(asking) : leaving(asking, presentName),
      declining(asking),
    ]
      .filter(Boolean)
      .join('\n'),
  );
}

function confirming({ token, partnerName, wrong }: Asking): string {
  return `<h2>Confirm</h2>
${form(token, 'confirm', `Confirm that ${partnerName} looks after your account`, { wrong })}`;
}

function leaving({ token, partnerName, wished, wrong }: Asking, presentName: string): string {
  const first = `${presentName} looks after your account now. It must remove you before ${partnerName} can take over; then open this link again.`;
  const told = `${presentName} has been told that you wish to go.`;
  return `<h2>First, your present partner</h2>
${paragraphs(...(wished ? [first, told] : [first]))}
${wished ? '' : form(token, 'leave', `Tell ${presentName} that you wish to go to ${partnerName}`, { wrong })}`;
}

function declining({ token, wrong }: Asking): string {
  const reason = `<label for="reason">Reason</label>
<p class="hint" id="reason-hint">Optional. The partner that asks reads it; at most 500 characters.</p>
<textarea id="reason" name="reason" rows="3" maxlength="500" aria-describedby="reason-hint"></textarea>`;
  return `<h2>Decline</h2>
${form(token, 'decline', 'Decline', { wrong, more: reason, other: true })}`;
}

function form(
  token: string,
  decision: string,
  label: string,
  { wrong, more = '', other = false }: { wrong: boolean; more?: string; other?: boolean },
): string {
  const described = wrong ? `${decision}-hint wrong` : `${decision}-hint`;
  return `<form method="post" action="/import/confirm">
<input type="hidden" name="token" value="${escapeHtml(token)}">
<input type="hidden" name="decision" value="${decision}">
<label for="${decision}-email">Your e-mail address</label>
<p class="hint" id="${decision}-hint">The one that the mail with this link went to.</p>
<input id="${decision}-email" name="email" type="email" autocomplete="email" maxlength="254" required aria-describedby="${described}"${wrong ? ' aria-invalid="true"' : ''}>
${more}
<button type="submit"${other ? ' class="other"' : ''}>${escapeHtml(label)}</button>
</form>`;
}

/** The one answer for links that were used, cancelled, replaced, are too old, or never were. */
export const deadPage = (): string =>
  page(
    'This link leads nowhere',
    paragraphs(
      'It was used, was replaced by a newer one, is too old, or never existed. Nothing was changed.',
      'If you expect a partner’s wish to look after your account, ask the partner to send it again.',
    ),
  );

export const confirmedPage = (partnerName: string): string =>
  page(
    'Confirmed',
    paragraphs(
      `${partnerName} looks after your account from now on.`,
      'You see its visits, and can end its access at any time, under your account’s access.',
    ),
  );

export const declinedPage = (): string =>
  page('Declined', paragraphs('Nothing was changed in your account. The partner is told that you declined.'));

export const leavingPage = (presentName: string, partnerName: string): string =>
  page(
    'Your present partner is told',
    paragraphs(
      `${presentName} must remove your account first. Then open this link again to confirm ${partnerName}.`,
    ),
  );

export const removeFirstPage = (): string =>
  page(
    'Your present partner must remove you first',
    paragraphs('Nothing was changed. Open the link again to have your present partner told.'),
  );

export const nobodyPage = (): string =>
  page(
    'No other partner looks after your account',
    paragraphs('Nothing was changed, and nobody has to be told. Open the link again to confirm or decline.'),
  );

export const cannotPage = (): string =>
  page(
    'The partner cannot take over at the moment',
    paragraphs(
      'Nothing was changed. The partner can see since when you tried, and what stands in the way on its side. Ask it, then open the link again.',
    ),
  );

export const malformedPage = (): string =>
  page(
    'That could not be read',
    paragraphs('Nothing was changed. Open the link in your mail again, and answer on its page.'),
  );

export const laterPage = (): string =>
  page('Not at the moment', paragraphs('Nothing was changed. Try again in a minute.'));
