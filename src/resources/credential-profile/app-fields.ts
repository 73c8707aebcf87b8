/**
 * What makes a profile that of another app or authority: its secrets were entered for these, and are sent nowhere else.
 * The authorization URL is not among them, as only browsers go there.
 */
export const appFields = [
  'provider',
  'cloud',
  'tenant',
  'issuer',
  'tokenUrl',
  'deviceAuthorizationUrl',
  'clientId',
] as const;
