import type { Administration } from '../../src/administration/administration.ts';
import { readAddress } from '../../src/discovery/address.ts';
import type { Discovery } from '../../src/discovery/discovery.ts';

const mx = 'MX of contoso.example';
const tenant = 'tenant discovery at login.microsoftonline.com';

/** A Microsoft 365 with a file of its own that says otherwise; at other.example a server by SRV records alone. */
export const sampleDiscovery: Administration['discovery'] = {
  isOn: true,
  async discover(given): Promise<Discovery> {
    const { address, domain } = readAddress(given);
    const set = (
      field: string,
      value: string | number | string[] | null,
      from = mx,
      remark: string | null = null,
    ) => ({
      field,
      value,
      from,
      remark,
    });
    if (domain === 'other.example')
      return {
        ...{ address, domain, servers: [], conflicts: [], remarks: [], evidence: [] },
        summary: 'other.example: IMAP at mail.other.example.',
        settings: { server: [set('host', 'mail.other.example', 'SRV _imaps._tcp.other.example')] },
      };
    return {
      address,
      domain,
      summary: `${domain}: Microsoft 365 (${mx}).`,
      settings: {
        profile: [
          set('provider', 'microsoft'),
          set('authentication', 'oauth2'),
          set(
            'grant',
            'authorization_code',
            tenant,
            'Client credentials fit as well, where nobody is to sign in.',
          ),
          set('uses', ['imap']),
          set('cloud', 'china', tenant),
          set('tenant', '11111111-2222-3333-4444-555555555555', tenant),
        ],
        server: [
          set('protocol', 'imap'),
          set('host', 'outlook.office365.com'),
          set('security', 'tls'),
          set('port', 993),
          set('username', null, mx, 'The mail address itself.'),
        ],
        'outgoing-server': [
          set('kind', 'smtp'),
          set('host', 'smtp.office365.com'),
          set('security', 'starttls'),
          set('port', 587),
        ],
      },
      servers: [],
      conflicts: [
        {
          what: 'Incoming mail server',
          taken: { value: 'outlook.office365.com', from: mx },
          others: [{ value: 'mail.contoso.example', from: 'autoconfig.contoso.example' }],
        },
      ],
      remarks: [`Mail for ${domain} goes through Mimecast first.`],
      evidence: [
        { from: mx, state: 'found', detail: 'contoso-example.mail.protection.outlook.com: Microsoft 365' },
        { from: `SRV _imaps._tcp.${domain}`, state: 'nothing', detail: 'the name is not in the DNS' },
        { from: 'Thunderbird’s database', state: 'failed', detail: 'no answer in time' },
      ],
    };
  },
};
