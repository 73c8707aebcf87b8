import { Configuration } from 'openid-client';
import type { Authority } from '../../authority.ts';
import { withNetwork } from '../../network.ts';
import { tokenEndpoint } from './hosts.ts';

/** Google's OpenID provider metadata (https://accounts.google.com/.well-known/openid-configuration). */
const metadata = {
  issuer: 'https://accounts.google.com',
  authorization_endpoint: 'https://accounts.google.com/o/oauth2/v2/auth',
  token_endpoint: tokenEndpoint,
};

export const configuration: Authority['configuration'] = async (profile, authentication) =>
  withNetwork(new Configuration(metadata, profile.clientId, undefined, authentication));
