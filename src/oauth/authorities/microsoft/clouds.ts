import type { Cloud } from '../../../model/microsoft-hosts.ts';

/** Where a cloud of Microsoft's signs people in, and how its mail is named in scopes. */
export interface CloudNames {
  /** Origin of the login host (Microsoft: national clouds, Entra authentication endpoints). */
  login: string;
  /** Exchange Online by the name that permissions for IMAP, POP and SMTP have. */
  outlook: string;
  /** Exchange Online by the name that EWS and apps by themselves use. */
  exchange: string;
  graph: string;
}

export const cloudNames: Record<Cloud, CloudNames> = {
  worldwide: {
    login: 'https://login.microsoftonline.com',
    outlook: 'https://outlook.office.com',
    exchange: 'https://outlook.office365.com',
    graph: 'https://graph.microsoft.com',
  },
  'us-government-high': {
    login: 'https://login.microsoftonline.us',
    outlook: 'https://outlook.office365.us',
    exchange: 'https://outlook.office365.us',
    graph: 'https://graph.microsoft.us',
  },
  'us-government-dod': {
    login: 'https://login.microsoftonline.us',
    outlook: 'https://outlook-dod.office365.us',
    exchange: 'https://outlook-dod.office365.us',
    graph: 'https://dod-graph.microsoft.us',
  },
  china: {
    login: 'https://login.partner.microsoftonline.cn',
    outlook: 'https://partner.outlook.cn',
    exchange: 'https://partner.outlook.cn',
    graph: 'https://microsoftgraph.chinacloudapi.cn',
  },
};
