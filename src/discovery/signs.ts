import type { HostSign, Provider } from '../resources/credential-profile/provider.ts';
import { isWithin } from './address.ts';
import type { Sign } from './discovery.ts';

type Providers = readonly Provider[];

/** The provider whose sign a host is; null where it is nobody's. */
export function signAt(
  host: string,
  where: 'mx' | 'autodiscover',
  providers: Providers,
  from: string,
): Sign | null {
  for (const { name, signs } of providers) {
    const sign = signs?.[where].find((one: HostSign) => isWithin(host, one.host));
    if (sign) return { provider: name, service: sign.service, profile: sign.profile, from };
  }
  return null;
}

/** The provider that a mail server is one of. */
export function providerAt(mailHost: string, providers: Providers): Provider | undefined {
  return providers.find(({ signs }) => signs?.mailHosts.test(mailHost));
}

/** The provider that gives tokens under this name. */
export function providerWithIssuer(issuer: string, providers: Providers): Provider | undefined {
  return providers.find(({ signs }) => signs?.issuers.includes(issuer.toLowerCase()));
}

/** The same as a sign, of what is not told more closely. */
export function signOf({ name, label }: Provider, from: string): Sign {
  return { provider: name, service: label, profile: {}, from };
}
