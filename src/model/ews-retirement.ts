import { isExchangeOnline } from './microsoft-hosts.ts';

/**
 * What Microsoft does to Exchange Web Services in Exchange Online, by its message center post MC1227454; Exchange
 * Server on premises is not affected. The organisation's setting is `EWSEnabled`, of `Set-OrganizationConfig`.
 */
export const ewsRetirement = {
  what:
    'Microsoft retires Exchange Web Services in Exchange Online: from 1 October 2026 they are blocked unless the ' +
    'organisation allows the application (EWSEnabled and EWSAllowedAppIDs), and on 1 April 2027 they are switched ' +
    'off for good.',
  remedy:
    'Change this server to Microsoft Graph, which reads the same mailbox. To go on until 1 April 2027: ' +
    'Set-OrganizationConfig -EwsEnabled $true -EwsAllowedAppIDs "<client ID>" in Exchange Online PowerShell; the list ' +
    'replaces the one before, which Get-OrganizationConfig shows.',
};

/** Whether this server reads by EWS from Exchange Online. */
export function isRetired({ protocol, host }: { protocol: string; host: string }): boolean {
  return protocol === 'ews' && isExchangeOnline(host);
}
