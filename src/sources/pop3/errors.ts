/** The server answered -ERR: the command failed, the connection is in good order. */
export class Pop3Refusal extends Error {
  override readonly name = 'Pop3Refusal';
  /** The response code (RFC 2449 8, RFC 3206) in capitals, `IN-USE` or `SYS/TEMP`; empty where there is none. */
  readonly responseCode: string;
  /** What the server said beside it. */
  readonly said: string;

  constructor(line: string) {
    super('The server refused a command');
    const [, code = '', said = ''] = /^-ERR ?(?:\[([^\]\s]*)[^\]]*\])? ?(.*)$/i.exec(line) ?? [];
    this.responseCode = code.toUpperCase();
    this.said = said;
  }
}

/** What came is not POP3. `what` never quotes mail. */
export class Pop3ProtocolError extends Error {
  override readonly name = 'Pop3ProtocolError';
  readonly what: string;

  constructor(what: string) {
    super(`Not POP3: ${what}`);
    this.what = what;
  }
}

/** The server knows no mechanism by which a token could be shown. */
export class NoOauthMechanism extends Error {
  override readonly name = 'NoOauthMechanism';
}

/** The server has no STLS (RFC 2595 4). */
export class StlsRefused extends Error {
  override readonly name = 'StlsRefused';
}

/** The server closed the connection where an answer was due. */
export function closedEarly(): Error {
  return Object.assign(new Error('The connection was closed'), { code: 'CLOSED' });
}
