/** Why TLS failed, as a person must be told it. */
export interface TlsFailure {
  /** The certificate does not hold; what came is no TLS; or both sides speak TLS and do not agree. */
  what: 'certificate' | 'not-tls' | 'handshake';
  cause: string;
  /** Whom to turn to: whoever runs the other side, who sets up the trust here, or who runs the network. */
  mend: 'name' | 'renew' | 'clock' | 'trust' | 'peer' | 'port' | 'network';
}

type Row = [codes: RegExp, what: TlsFailure['what'], mend: TlsFailure['mend'], cause: string];

/**
 * By Node's and OpenSSL's codes (https://nodejs.org/api/tls.html#x509-certificate-error-codes, openssl/sslerr.h), and
 * where those say too little, by their words. The first row that fits decides.
 */
const rows: Row[] = [
  [
    /ERR_TLS_CERT_ALTNAME|HOSTNAME_MISMATCH/,
    'certificate',
    'name',
    'The certificate is for another host name.',
  ],
  [/CERT_HAS_EXPIRED/, 'certificate', 'renew', 'The certificate has expired.'],
  [
    /CERT_NOT_YET_VALID/,
    'certificate',
    'clock',
    'The certificate is not valid yet; or the clock of this machine is wrong.',
  ],
  [/CERT_REVOKED/, 'certificate', 'renew', 'The certificate was revoked by its authority.'],
  [/DEPTH_ZERO_SELF_SIGNED/, 'certificate', 'trust', 'The certificate is signed by itself, by no authority.'],
  [
    /SELF_SIGNED_CERT_IN_CHAIN/,
    'certificate',
    'trust',
    'The certificate is signed by an authority that is not known here: a private one, or that of a proxy or ' +
      'security program that looks into encrypted connections.',
  ],
  [
    /UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT|CERT_UNTRUSTED|UNABLE_TO_DECODE_ISSUER/,
    'certificate',
    'trust',
    'The certificate is signed by an authority that is not known here: a private one, or that of a proxy or security ' +
      'program that looks into encrypted connections; or the intermediate certificates are not sent along.',
  ],
  [
    /KEY_TOO_(SMALL|WEAK)|key too (small|weak)|MD_TOO_WEAK|digest algorithm too weak|WRONG_SIGNATURE_TYPE|LEGACY_SIGALG|DH_KEY_TOO_SMALL/,
    'certificate',
    'renew',
    'The key or the signature of the certificate is too weak to be trusted.',
  ],
  [
    /^(CERT_|UNABLE_TO_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|ERROR_IN_CERT|CRL_|UNSPECIFIED|ERR_TLS_CERT)/,
    'certificate',
    'renew',
    'The certificate, or one that it is signed by, is not in order.',
  ],
  [
    /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|HTTPS_PROXY_REQUEST|RECORD_LAYER_FAILURE|BAD_RECORD_TYPE|wrong version number|packet length too long/,
    'not-tls',
    'port',
    'What came is no TLS.',
  ],
  [
    /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|UNKNOWN_PROTOCOL|NO_PROTOCOLS_AVAILABLE|INAPPROPRIATE_FALLBACK|unsupported protocol|alert protocol version/,
    'handshake',
    'peer',
    'It takes only versions of TLS that are no longer safe; TLS 1.2 or 1.3 is wanted.',
  ],
  [
    /CERTIFICATE_REQUIRED|TLSV1[23]?_ALERT_UNKNOWN_CA|ALERT_(BAD|UNSUPPORTED|UNKNOWN)_CERTIFICATE|ALERT_CERTIFICATE/,
    'handshake',
    'peer',
    'It asks for a client certificate, which Letterbox has none of for connections.',
  ],
  [/UNRECOGNIZED_NAME/, 'handshake', 'name', 'It does not serve that host name.'],
  [
    /ALERT_HANDSHAKE_FAILURE|HANDSHAKE_FAILURE|INSUFFICIENT_SECURITY|NO_SHARED_CIPHER|NO_CIPHERS|WRONG_CIPHER|handshake failure/,
    'handshake',
    'peer',
    'The two sides have no cipher in common: it may take only old ones.',
  ],
  [
    /UNEXPECTED_EOF|HANDSHAKE_TIMEOUT|UPGRADE_TIMEOUT|before secure TLS connection was established|ECONNRESET_TLS/,
    'handshake',
    'network',
    'The connection was cut in the middle of the handshake: by a firewall on the way, or as nothing there serves TLS.',
  ],
  [
    /^(ERR_SSL_|EPROTO|ERR_TLS_)/,
    'handshake',
    'network',
    'The handshake was damaged on its way, or broken off by the other side.',
  ],
];

/** What an error says of itself, for those who look it up; without Node's advice, which is for who starts Node. */
export function messageAndCode(error: unknown): string {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return `${message.replace(/;? if the root CA is installed locally,.*$/s, '')} (${code})`;
}

/** Null where an error is none of TLS. */
export function tlsFailureOf(error: unknown): TlsFailure | null {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const said = `${typeof code === 'string' ? code : ''} ${typeof message === 'string' ? message : ''}`.trim();
  const [, what, mend, cause] = rows.find(([pattern]) => pattern.test(said)) ?? [];
  return what && mend && cause !== undefined ? { what, mend, cause } : null;
}
