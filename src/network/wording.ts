/** The other end of a connection, as people are told of it. */
export interface Peer {
  name: string;
  protocol: string;
  host: string;
  port: number;
  security: 'tls' | 'starttls' | 'none';
}

/** Names the mailbox and where it is, so that every problem says of which it speaks. */
export function at({ name, host, port }: Pick<Peer, 'name' | 'host' | 'port'>): string {
  return `${name} at ${host}:${port}`;
}

const roles: Record<string, string> = {
  oauth: 'authority',
  webhook: 'destination',
  directory: 'directory',
};

/** What the other end is. */
export function roleOf({ protocol }: Pick<Peer, 'protocol'>): string {
  return roles[protocol] ?? 'mail server';
}

/** What the other side said, shortened and on one line; it is shown to people and kept in the store. */
export function quote(said: string): string {
  const line = said.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300).toWellFormed()}…` : line;
}

export function saying(said: string): string {
  return said === '' ? '' : `; the server said: ${quote(said)}`;
}
