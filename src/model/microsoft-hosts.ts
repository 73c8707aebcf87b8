/** Microsoft's clouds, each with hosts of its own; GCC without "High" is in the worldwide one. */
export type Cloud = 'worldwide' | 'us-government-high' | 'us-government-dod' | 'china';

/** Hosts of Exchange Online and Microsoft Graph by cloud (Microsoft: Office 365 URLs, Graph national cloud deployments). */
export const microsoftHosts: Record<Cloud, { mail: string; smtp: string; graph: string }> = {
  worldwide: { mail: 'outlook.office365.com', smtp: 'smtp.office365.com', graph: 'graph.microsoft.com' },
  'us-government-high': {
    mail: 'outlook.office365.us',
    smtp: 'smtp.office365.us',
    graph: 'graph.microsoft.us',
  },
  'us-government-dod': {
    mail: 'webmail.apps.mil',
    smtp: 'smtp.office365.us',
    graph: 'dod-graph.microsoft.us',
  },
  china: {
    mail: 'partner.outlook.cn',
    smtp: 'smtp.partner.outlook.cn',
    graph: 'microsoftgraph.chinacloudapi.cn',
  },
};

const exchangeOnline = new Set([
  'outlook.office.com',
  ...Object.values(microsoftHosts).map(({ mail }) => mail),
]);

/** Whether mailboxes at this host are in Exchange Online, and not on an Exchange Server of one's own. */
export function isExchangeOnline(host: string): boolean {
  return exchangeOnline.has(host.toLowerCase());
}
