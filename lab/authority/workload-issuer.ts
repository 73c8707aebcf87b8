import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { LabCertificates } from '../certificates.ts';
import { startHttps } from '../https.ts';
import { sendJson } from './exchange.ts';

/** The audience that Entra expects by default in tokens of other issuers. */
export const exchangeAudience = 'api://AzureADTokenExchange';

export interface WorkloadIssuer {
  issuer: string;
  /** A token for a workload, as a cluster puts it into a file beside the program. */
  issue(claims: { subject: string; audience?: string; expiresInSeconds?: number }): Promise<string>;
  stop(): Promise<void>;
}

/** Another authority, such as a Kubernetes cluster's: signs tokens for its workloads and publishes its keys (OpenID Connect Discovery). */
export async function startWorkloadIssuer(certificates: LabCertificates): Promise<WorkloadIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'workload-1', use: 'sig', alg: 'RS256' };
  const { server, origin: issuer, stop } = await startHttps(certificates);
  server.on('request', (request, response) => {
    if (request.url === '/keys') return sendJson(response, 200, { keys: [jwk] });
    if (request.url === '/.well-known/openid-configuration')
      return sendJson(response, 200, { issuer, jwks_uri: `${issuer}/keys` });
    sendJson(response, 404, {});
  });
  return {
    issuer,
    issue: ({ subject, audience = exchangeAudience, expiresInSeconds = 3600 }) => {
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({ alg: 'RS256', kid: 'workload-1' })
        .setIssuer(issuer)
        .setSubject(subject)
        .setAudience(audience)
        .setIssuedAt(now)
        .setExpirationTime(now + expiresInSeconds)
        .sign(privateKey);
    },
    stop,
  };
}
