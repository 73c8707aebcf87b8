import type { Check } from '../check.ts';
import { readClaims, type TokenClaims } from '../token-claims.ts';

export const tokenCheck: Check = {
  name: 'token',
  title: 'The authority issues an access token',
  async run(examination) {
    examination.token = await examination.tokens.accessToken(AbortSignal.timeout(60_000));
    const { token, expiresAt, isPassword } = examination.token;
    if (isPassword) return 'No token is needed: the profile has a password';
    const until = `${expiresAt.slice(0, 16).replace('T', ' ')} UTC`;
    const claims = readClaims(token);
    return `Good until ${until}${claims ? `; ${describe(claims)}` : ''}`;
  },
};

/** What is in the token is shown, so that a wrong resource or account can be seen. */
function describe({ audience, account, appOnly, scopes, roles }: TokenClaims): string {
  const rights = [...scopes, ...roles].join(', ');
  return [
    `for ${audience ?? 'no named resource'}`,
    appOnly ? 'issued to the application itself' : `issued to ${account ?? 'an account without a name'}`,
    `with ${rights === '' ? 'no scopes or roles' : rights}`,
  ].join(', ');
}
