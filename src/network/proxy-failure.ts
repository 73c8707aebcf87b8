import type { OutgoingProxy } from './proxy.ts';

/** What the proxy did in the place of leading on. */
export type Hindrance =
  /** It cannot be connected to, or not with TLS; `cause` is Node's error. */
  | { reason: 'unreachable'; cause: unknown }
  | { reason: 'tls'; cause: unknown }
  /** It took the request, and no answer came. */
  | { reason: 'silent' }
  /** `why`: what came instead of an answer. */
  | { reason: 'answer'; why: string }
  /** 407 (RFC 9110 15.5.8), or 401; `schemes` are those that it offers. */
  | { reason: 'sign-in'; schemes: string[]; said: string }
  /** Any other answer that is no yes. */
  | { reason: 'refused'; status: number; said: string };

/** The proxy does not lead to where a connection was to go; nobody there was asked. */
export class ProxyFailure extends Error {
  override readonly name = 'ProxyFailure';
  readonly proxy: OutgoingProxy;
  /** What it was asked for: host and port, or address and port. */
  readonly target: string;
  readonly hindrance: Hindrance;

  constructor(proxy: OutgoingProxy, target: string, hindrance: Hindrance) {
    super(`The proxy does not lead on (${hindrance.reason})`, {
      cause: 'cause' in hindrance ? hindrance.cause : undefined,
    });
    this.proxy = proxy;
    this.target = target;
    this.hindrance = hindrance;
  }
}

/** A name must be resolved here, as its addresses are to be looked at before the proxy is asked for one; and it cannot be. */
export class NameUnresolved extends Error {
  override readonly name = 'NameUnresolved';
}
