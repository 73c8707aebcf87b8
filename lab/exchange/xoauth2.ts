/** What a client says by SASL XOAUTH2; null for anything else. */
export function readXoauth2(base64: string): { user: string; token: string } | null {
  const [user = '', bearer = '', ...rest] = Buffer.from(base64, 'base64').toString().split('\x01');
  const [, token] = /^auth=Bearer (.+)$/i.exec(bearer) ?? [];
  if (!user.startsWith('user=') || token === undefined || rest.join('') !== '') return null;
  return { user: user.slice('user='.length), token };
}

/** RFC 4616, as Dovecot is signed in to: any user of the lab has this password. */
export function plainFor(user: string): string {
  return Buffer.from(`\0${user}\0lab`).toString('base64');
}
