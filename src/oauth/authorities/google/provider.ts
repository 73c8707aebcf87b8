import type { OauthProvider } from '../../provider.ts';
import { googleContradictions } from './contradictions.ts';
import { google as authority } from './index.ts';

const hosts: Record<string, string> = {
  imap: 'imap.gmail.com',
  pop3: 'pop.gmail.com',
  smtp: 'smtp.gmail.com',
};

export const google: OauthProvider = {
  name: 'google',
  label: 'Google',
  help: 'Gmail and Google Workspace.',
  fields: {},
  hostFor: (_profile, use) => hosts[use] ?? null,
  authority,
  contradictions: googleContradictions,
};
