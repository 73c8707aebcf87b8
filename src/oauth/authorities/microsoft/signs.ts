import type { HostSign, MailSigns } from '../../../resources/credential-profile/provider.ts';

const organisation = (host: string, profile: HostSign['profile'] = {}): HostSign => ({
  host,
  service: 'Microsoft 365',
  profile,
});
const personal = (host: string): HostSign => ({
  host,
  service: 'Outlook.com',
  profile: { cloud: 'worldwide', tenant: 'consumers' },
});

/** Domains of Microsoft's own that mail is served at, in all clouds (Microsoft: Office 365 URLs). */
export const ownDomains =
  /(^|\.)(office365\.com|office\.com|outlook\.com|office365\.us|apps\.mil|outlook\.cn|office365\.cn)$|^([a-z]+-)?graph\.microsoft\.(com|us)$|^microsoftgraph\.chinacloudapi\.cn$/;

/** Microsoft: external DNS records of Microsoft 365, of GCC High, of DoD, and of 21Vianet. */
export const signs: MailSigns = {
  mx: [
    // Outlook.com's own domains, and those that its accounts once could bring along
    personal('olc.protection.outlook.com'),
    personal('hotmail.com'),
    organisation('mail.protection.outlook.com', { cloud: 'worldwide' }),
    // With DNSSEC
    organisation('mx.microsoft'),
    // That of DoD as well
    organisation('mail.protection.office365.us', { cloud: 'us-government-high' }),
    organisation('mail.protection.partner.outlook.cn', { cloud: 'china' }),
  ],
  autodiscover: [
    organisation('autodiscover.outlook.com', { cloud: 'worldwide' }),
    organisation('autodiscover.office365.us', { cloud: 'us-government-high' }),
    organisation('autodiscover-dod.office365.us', { cloud: 'us-government-dod' }),
    organisation('autodiscover.partner.outlook.cn', { cloud: 'china' }),
  ],
  mailHosts: ownDomains,
  issuers: [
    'login.microsoftonline.com',
    'login.microsoftonline.us',
    'login.partner.microsoftonline.cn',
    'login.live.com',
  ],
};
