/** What one access token is for: a token is for one resource only, which may serve several uses. */
export interface Resource {
  /** Names it among the profile's tokens, such as `https://outlook.office.com`. */
  id: string;
  /** Everything that is asked for there. */
  scopes: string[];
}
