import { html } from 'hono/html';
import type { Administration } from '../administration/administration.ts';
import { settingNamed } from '../config/settings.ts';
import { openedAt } from '../http/opened-at.ts';
import { Problem } from '../model/problem.ts';
import { copyable } from './components/copy.ts';
import { icon } from './components/icon.ts';
import { exactly } from './components/moment.ts';
import type { ConsoleContext, PageDeps } from './context.ts';
import type { Html } from './html.ts';

type Address = Pick<Administration, 'address'>;

/** Days before its end at which the certificate is spoken of. */
const soonMs = 30 * 24 * 60 * 60_000;

/**
 * Why a provider would send the browser to where nobody is signed in; null where it would not. An address that is set is
 * doubted only where it is certain that the console was opened at another one.
 */
function wrongAddress(c: ConsoleContext, { address }: Address): 'not-set' | 'elsewhere' | null {
  const { origin, isCertain } = openedAt(c);
  if (origin === new URL(address.publicUrl).origin) return null;
  if (!address.isSet) return 'not-set';
  return isCertain ? 'elsewhere' : null;
}

/** Throws why a browser that is sent to a provider would not come back here. */
export function assertComesBack(c: ConsoleContext, { address }: Address, path: string): void {
  const wrong = wrongAddress(c, { address });
  if (wrong === null) return;
  const { origin } = openedAt(c);
  const { publicUrl } = address;
  throw new Problem({
    code: 'consent.other-address',
    kind: 'conflict',
    title:
      wrong === 'not-set' ? 'This server’s address is not set' : 'The console is open at another address',
    detail: `You have it open at ${origin}; the provider would send the browser back to ${publicUrl}`,
    cause: 'There the browser is not signed in, or cannot even connect; so the consent would be lost.',
    remedy:
      wrong === 'not-set'
        ? `Set publicUrl to ${origin} in the configuration and start Letterbox again. Then register the redirect URI that is shown here.`
        : `Open ${publicUrl}${path}, sign in there and connect.`,
  });
}

/** A redirect URI to be registered; where it could not work, what is to be done first. */
export function redirectUriOf(c: ConsoleContext, deps: Address, uri: string, label: string): Html {
  return wrongAddress(c, deps) === 'not-set'
    ? html`<span class="bad">Not known yet:</span> this server’s address is not set.
        <a href="/">How it is set</a>`
    : copyable(uri, label);
}

/** What is wrong with the address of this server, and the lines that mend it; nothing where nothing is. */
export function renderAddress(c: ConsoleContext, { address }: Address): Html {
  const wrong = wrongAddress(c, { address });
  const { origin } = openedAt(c);
  if (wrong === null) return html``;
  if (wrong === 'elsewhere')
    return warning(
      'The console is open at another address',
      html`<p>You have it open at <code>${origin}</code>, and
      it is set to <code>${address.publicUrl}</code>. Providers send browsers back there, so connect profiles
      there: <a href="${address.publicUrl}">open it</a>.</p>`,
    );
  return warning(
    'This server’s address is not set',
    html`<p>You have the console open at <code>${origin}</code>.
      Without an address, providers are told to send browsers back to <code>${address.publicUrl}</code>, which is
      this machine only. Set it and start Letterbox again:</p>
    ${settingLines({ publicUrl: origin })}
    <p>Give it a certificate for that name, too: <code>tls.certificate</code> and <code>tls.key</code>.</p>`,
  );
}

/** That the certificate is none that browsers trust, or ends soon; nothing where it is in order. */
export function renderCertificate({ certificate }: Pick<PageDeps, 'certificate'>): Html {
  const { isDevelopment, expiresAt } = certificate();
  if (!isDevelopment && Date.parse(expiresAt) - Date.now() > soonMs) return html``;
  if (!isDevelopment)
    return warning(
      'The certificate of this server ends soon',
      html`<p>It is good until ${exactly(expiresAt)}. Put the next one into the same files; it is taken over at once.</p>`,
    );
  return html`<section class="note">
    <h2>A development certificate is in use</h2>
    <p>Letterbox made it for itself; browsers warn of it, and Microsoft Graph tells it nothing. It is good until
      ${exactly(expiresAt)}, and is renewed before.</p>
    <details class="more"><summary>How to give one of your own</summary>
      <p>Set both, and start Letterbox again.</p>
      ${settingLines({ 'tls.certificate': '/etc/letterbox/fullchain.pem', 'tls.key': '/etc/letterbox/key.pem' })}
    </details>
  </section>`;
}

function warning(title: string, content: Html): Html {
  return html`<section class="note note-warn"><h2>${icon('warn')}${title}</h2>${content}</section>`;
}

/** How settings are written: in the file, one line for those that stand together, and as variables. */
function settingLines(values: Record<string, string>): Html {
  const all = Object.entries(values).map(([name, value]) => ({ ...settingNamed(name), value }));
  const [{ path: [section = ''] = [] } = {}] = all;
  const inFile = all.map(({ path, value }) => `${path.at(-1)}: ${value}`).join(', ');
  const yaml = all.some(({ path }) => path.length > 1) ? `${section}: { ${inFile} }` : inFile;
  return html`<dl class="lines">
    <div><dt>In letterbox.yaml</dt><dd>${copyable(yaml, 'line for the file')}</dd></div>
    <div><dt>Or as ${all.length === 1 ? 'a variable' : 'variables'}</dt>
      <dd>${all.map(({ variable, value }) => html`<p>${copyable(`${variable}=${value}`, variable)}</p>`)}</dd></div>
  </dl>`;
}
