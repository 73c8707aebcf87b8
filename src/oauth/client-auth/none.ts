import { None } from 'openid-client';
import type { ReadClientCredentials } from './credential.ts';

/** A public client says its client ID only (RFC 6749 2.1); what it is given is bound by PKCE or a device code. */
export const none: ReadClientCredentials = async () => ({
  newest: { authentication: None() },
  former: null,
});
