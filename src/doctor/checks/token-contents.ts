import { type Entry, problemOf } from '../../model/entry.ts';
import { noRole, noScope, otherResource, otherTenant } from '../../sources/access-causes.ts';
import type { Check, Evidence } from '../check.ts';
import type { Examination } from '../examination.ts';
import type { TokenClaims } from '../token-claims.ts';
import { faultsOf } from '../token-needs.ts';

const contentsEntry = {
  code: 'oauth.token-contents',
  kind: 'refused',
  title: 'The token is not what this mailbox needs',
  causes: [otherResource, otherTenant, noScope, noRole],
  remedy: 'Press Test connection: it shows what is in the token.',
} as const satisfies Entry;

export const tokenContentsEntries: readonly Entry[] = [contentsEntry];

/**
 * What is in the token, against what the protocol needs. It fails nothing: whether the token will do is for the mail server
 * to say. Tokens of personal accounts and of other authorities are for their resource's eyes only.
 */
export const tokenContentsCheck: Check<Examination> = {
  name: 'token-contents',
  title: 'The token is for this mailbox, with the permissions that are needed',
  needs: ['token'],
  concerns: ({ subject }) => subject.tokenUrl !== null,
  async run(examination) {
    const { claims } = examination;
    if (!claims) return { detail: 'It is opaque: only the mail server can read it' };
    const [cause] = faultsOf(examination, claims);
    const detail = describe(claims);
    return {
      detail,
      evidence: evidenceOf(claims),
      remark: cause ? problemOf(contentsEntry, { detail, cause, values: examination.values }) : null,
    };
  },
};

function describe({ audience, account, appOnly, scopes, roles }: TokenClaims): string {
  const rights = [...scopes, ...roles].join(', ');
  return [
    `It is for ${audience ?? 'no named resource'}`,
    appOnly ? 'issued to the application itself' : `issued to ${account ?? 'an account without a name'}`,
    `with ${rights === '' ? 'no scopes or roles' : rights}`,
  ].join(', ');
}

/** By the names that the claims have (RFC 7519 4.1; Microsoft: access token claims reference). */
function evidenceOf(claims: TokenClaims): Evidence[] {
  const { audience, issuer, tenant, scopes, roles, clientId, account, objectId } = claims;
  const said: [string, string | null][] = [
    ['aud', audience],
    ['iss', issuer],
    ['tid', tenant],
    ['scp', scopes.join(' ') || null],
    ['roles', roles.join(' ') || null],
    ['appid', clientId],
    ['upn', account],
    ['oid', objectId],
  ];
  return said.flatMap(([label, value]) => (value === null ? [] : [{ label, value }]));
}
