import { Problem } from '../model/problem.ts';
import type { AccessToken, TokenSource } from '../model/token.ts';
import { thrownWithoutSecrets } from './redaction.ts';

/**
 * Does something with a token. Where the token is refused it is discarded and a fresh one tried, once; there is no
 * fresh password, and showing a wrong one again may lock the account. Throws what `work` throws, without the token,
 * which the other side may have said back: for a refused token a Problem of the kind `sign-in`.
 */
export async function withFreshToken<T>(
  tokens: TokenSource,
  work: (token: AccessToken) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const token = await tokens.accessToken(signal);
    try {
      return await work(token);
    } catch (thrown) {
      const error = thrownWithoutSecrets(thrown, [token.token]);
      if (!(error instanceof Problem) || error.kind !== 'sign-in') throw error;
      tokens.discard(token.token);
      if (attempt === 2 || token.isPassword) throw error;
    }
  }
}
