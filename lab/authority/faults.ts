/** What a test switches on to see how a client takes it. Counts go down by themselves. */
export interface Faults {
  /** Every client secret has expired (AADSTS7000222). */
  secretExpired: boolean;
  slowMilliseconds: number;
  /** So many requests to the token endpoint are answered 503. */
  serverError: number;
  /** So many requests to the token endpoint are answered 502, by a gateway that knows no JSON. */
  badGateway: number;
  /** So many token requests are carried out (and rotate the refresh token), but their answers are lost. */
  loseAnswerAfterRotation: number;
  /** A refresh token works once only. */
  strictRotation: boolean;
  noRefreshToken: boolean;
  accessTokenSeconds: number;
  /** By resource, the code that tokens for it are refused with: a Conditional Access policy for one cloud app, say. */
  refusedResources: Record<string, number>;
  /** By grant type, the code that token requests are refused with: a Conditional Access policy for device codes, say. */
  refusedGrants: Record<string, number>;
  /** What the device code answer says, as Entra's 900 and 5. */
  deviceCodeSeconds: number;
  deviceIntervalSeconds: number;
  /** So many polls are answered `slow_down` (RFC 8628 3.5). */
  slowDown: number;
}

export function noFaults(): Faults {
  return {
    secretExpired: false,
    slowMilliseconds: 0,
    serverError: 0,
    badGateway: 0,
    loseAnswerAfterRotation: 0,
    strictRotation: false,
    noRefreshToken: false,
    accessTokenSeconds: 3600,
    refusedResources: {},
    refusedGrants: {},
    deviceCodeSeconds: 900,
    deviceIntervalSeconds: 5,
    slowDown: 0,
  };
}
