import type { OauthProvider } from '../../provider.ts';
import { googleContradictions } from './contradictions.ts';
import { hosts } from './hosts.ts';
import { google as authority } from './index.ts';
import { ownDomains, signs } from './signs.ts';

export const google: OauthProvider = {
  name: 'google',
  label: 'Google',
  help: 'Gmail and Google Workspace.',
  fields: {},
  hostFor: (_profile, use) => hosts[use] ?? null,
  takesTokensTo: (_profile, host) => ownDomains.test(host),
  signs,
  authority,
  contradictions: googleContradictions,
};
