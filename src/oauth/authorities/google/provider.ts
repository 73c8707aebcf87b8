import type { OauthProvider } from '../../provider.ts';
import { googleContradictions } from './contradictions.ts';
import { hosts } from './hosts.ts';
import { google as authority } from './index.ts';

export const google: OauthProvider = {
  name: 'google',
  label: 'Google',
  help: 'Gmail and Google Workspace.',
  fields: {},
  hostFor: (_profile, use) => hosts[use] ?? null,
  takesTokensTo: (_profile, host) => /(^|\.)(gmail|googlemail|google)\.com$/.test(host),
  authority,
  contradictions: googleContradictions,
};
