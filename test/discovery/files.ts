interface Server {
  type: string;
  hostname: string;
  port: number;
  socketType?: string;
  authentication?: readonly string[];
  username?: string;
}

/** An autoconfig file in the shape that Thunderbird reads, of our own making. */
export function clientConfig(
  servers: readonly Server[],
  {
    oauth,
    domain = 'contoso.example',
  }: { oauth?: { issuer: string; at: string; scope: string }; domain?: string } = {},
): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1">
  <!-- what a person may read -->
  <emailProvider id="${domain}">
    <domain>${domain}</domain>
    <displayName>Contoso &amp; friends</displayName>
    ${servers.map(serverElement).join('\n    ')}
    <documentation url="https://${domain}/help"><descr lang="en">Help</descr></documentation>
  </emailProvider>
  ${
    oauth
      ? `<oAuth2>
    <issuer>${oauth.issuer}</issuer>
    <scope>${oauth.scope}</scope>
    <authURL>${oauth.at}/authorize</authURL>
    <tokenURL>${oauth.at}/token</tokenURL>
  </oAuth2>`
      : ''
  }
</clientConfig>
`;
}

function serverElement(server: Server): string {
  const { type, hostname, port, socketType = 'SSL', username = '%EMAILADDRESS%' } = server;
  const { authentication = ['password-cleartext'] } = server;
  const element = type === 'smtp' ? 'outgoingServer' : 'incomingServer';
  return `<${element} type="${type}">
      <hostname>${hostname}</hostname>
      <port>${port}</port>
      <socketType>${socketType}</socketType>
      ${authentication.map((one) => `<authentication>${one}</authentication>`).join('')}
      <username>${username}</username>
    </${element}>`;
}
