/** What stands in the way of a connection, in words. */
export interface Obstacle {
  why: string;
  cause: string;
}

const timedOut: Obstacle = {
  why: 'the connection timed out',
  cause: 'A firewall drops the connection, or the host is down.',
};

const obstacles: Record<string, Obstacle | undefined> = {
  ENOTFOUND: {
    why: 'the name is not known',
    cause: 'The host name is misspelt, or the DNS server does not know it.',
  },
  EAI_AGAIN: { why: 'the name could not be looked up', cause: 'The DNS server does not answer.' },
  ECONNREFUSED: {
    why: 'the connection is refused',
    cause: 'Nothing listens on that port, or a firewall refuses it.',
  },
  ETIMEDOUT: timedOut,
  CONNECT_TIMEOUT: timedOut,
  EHOSTUNREACH: { why: 'there is no way to the host', cause: 'The network or the host is down.' },
  ENETUNREACH: {
    why: 'there is no way to the network',
    cause: 'This machine has no network, or no route to that one.',
  },
  GREETING_TIMEOUT: {
    why: 'connected, but no greeting came',
    cause: 'The server is overloaded, or it waits for TLS from the first byte on this port.',
  },
};

/** By the code of Node or a library; undefined for an error of another kind. */
export function obstacleOf(error: unknown): Obstacle | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? obstacles[code] : undefined;
}
