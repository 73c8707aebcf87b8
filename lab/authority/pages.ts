import { entraText } from './entra-errors.ts';

/** The pages a person sees at the authority: sign-in with consent, and errors that are never a redirect. */
const page = (title: string, body: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>
body { font: 16px/1.5 system-ui, sans-serif; background: #eef1f5; color: #1b1b1b; margin: 0; overflow-wrap: anywhere }
main { max-width: 26rem; margin: 12vh auto; padding: 2rem; background: #fff; box-shadow: 0 2px 8px #0003 }
h1 { font-size: 1.4rem; margin: 0 0 1rem } label { display: block; margin: 1rem 0 .3rem }
input { width: 100%; box-sizing: border-box; padding: .5rem; font: inherit } ul { padding-left: 1.2rem }
button { font: inherit; padding: .5rem 1.4rem; margin: 1rem .5rem 0 0 } button.main { background: #0067b8; color: #fff; border: 0 }
</style></head><body><main>${body}</main></body></html>`;

const title = 'Sign in to your account';

const accountField = (loginHint: string) => `<label for="username">Account</label>
<input id="username" name="username" type="email" required value="${escaped(loginHint)}">`;

const buttons = `<button class="main" name="action" value="accept">Accept</button>
<button name="action" value="cancel" formnovalidate>Cancel</button>`;

export function signInPage({
  heading = 'Sign in',
  client,
  loginHint,
  scopes,
}: {
  heading?: string;
  client: string;
  loginHint: string;
  scopes: string[];
}): string {
  return page(
    title,
    `<h1>${heading}</h1>
<form method="post">
${accountField(loginHint)}
<p>The app <strong>${escaped(client)}</strong> asks for permission to:</p>
<ul>${scopes.map((scope) => `<li>${escaped(scope)}</li>`).join('')}</ul>
${buttons}
</form>`,
  );
}

/** Where a code is entered that another device shows. */
export function devicePage(): string {
  return page(
    title,
    `<h1>Enter code to allow access</h1>
<form method="post">
<label for="code">Code</label>
<input id="code" name="code" required autofocus autocomplete="off">
${accountField('')}
${buttons}
</form>`,
  );
}

export function donePage(text: string): string {
  return page(title, `<h1>${escaped(text)}</h1><p>You may now close this window.</p>`);
}

export function errorPage(code: number): string {
  return page(
    title,
    `<h1>Sorry, but we’re having trouble signing you in.</h1><p>${escaped(entraText(code))}</p>`,
  );
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
