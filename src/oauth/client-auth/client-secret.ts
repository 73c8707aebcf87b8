import { type ClientAuth, ClientSecretBasic, ClientSecretPost } from 'openid-client';

/**
 * Letterbox shows who it is by a client secret (RFC 6749 2.3.1): in the request's body, where any byte
 * survives (P3), unless the authority says that it takes it in the Authorization header only.
 */
export function authenticateBySecret(secret: string, methods?: string[]): ClientAuth {
  const onlyBasic = methods?.includes('client_secret_basic') && !methods.includes('client_secret_post');
  return onlyBasic ? ClientSecretBasic(secret) : ClientSecretPost(secret);
}
