import type { OauthProvider } from '../../provider.ts';
import { customContradictions } from './contradictions.ts';
import { custom as authority } from './index.ts';

export const custom: OauthProvider = {
  name: 'custom',
  label: 'Another provider',
  help: 'Any OAuth 2.0 authority; or a password.',
  fields: {},
  hostFor: () => null,
  authority,
  contradictions: customContradictions,
};
