import type { CredentialProfile } from '../../resources/credential-profile/record.ts';
import type { Authority } from '../authority.ts';
import type { OauthProvider } from '../provider.ts';
import { custom } from './custom/provider.ts';
import { google } from './google/provider.ts';
import { microsoft } from './microsoft/provider.ts';

/** Every provider: one line each. */
export const providers: readonly OauthProvider[] = [microsoft, google, custom];

export function providerOf({ provider }: Pick<CredentialProfile, 'provider'>): OauthProvider {
  const found = providers.find(({ name }) => name === provider);
  if (!found) throw new Error(`there is no provider ${provider}`);
  return found;
}

export function authorityOf(profile: Pick<CredentialProfile, 'provider'>): Authority {
  return providerOf(profile).authority;
}
