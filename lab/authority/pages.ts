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

export function signInPage({
  client,
  loginHint,
  scopes,
}: {
  client: string;
  loginHint: string;
  scopes: string[];
}): string {
  return page(
    'Sign in to your account',
    `<h1>Sign in</h1>
<form method="post">
<label for="username">Account</label>
<input id="username" name="username" type="email" required autofocus value="${escaped(loginHint)}">
<p>The app <strong>${escaped(client)}</strong> asks for permission to:</p>
<ul>${scopes.map((scope) => `<li>${escaped(scope)}</li>`).join('')}</ul>
<button class="main" name="action" value="accept">Accept</button>
<button name="action" value="cancel" formnovalidate>Cancel</button>
</form>`,
  );
}

export function errorPage(code: number): string {
  return page(
    'Sign in to your account',
    `<h1>Sorry, but we’re having trouble signing you in.</h1><p>${escaped(entraText(code))}</p>`,
  );
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
