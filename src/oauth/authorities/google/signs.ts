import type { HostSign, MailSigns } from '../../../resources/credential-profile/provider.ts';

const workspace = (host: string): HostSign => ({ host, service: 'Google Workspace', profile: {} });

export const ownDomains = /(^|\.)(gmail|googlemail|google)\.com$/;

/** Google Workspace Admin: MX record values; those of before 2023 are in use as well. */
export const signs: MailSigns = {
  mx: [
    { host: 'gmail-smtp-in.l.google.com', service: 'Gmail', profile: {} },
    workspace('smtp.google.com'),
    workspace('l.google.com'),
    workspace('googlemail.com'),
  ],
  autodiscover: [],
  mailHosts: ownDomains,
  issuers: ['accounts.google.com'],
};
