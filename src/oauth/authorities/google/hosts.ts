/** Gmail's mail servers, by what they are used for; it has no other way to mail. */
export const hosts: Record<string, string> = {
  imap: 'imap.gmail.com',
  pop3: 'pop.gmail.com',
  smtp: 'smtp.gmail.com',
};

/** By Google's OpenID provider metadata (https://accounts.google.com/.well-known/openid-configuration). */
export const tokenEndpoint = 'https://oauth2.googleapis.com/token';
