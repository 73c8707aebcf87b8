import { namingIssuer } from '../../network/issuers.ts';
import type { Check } from '../check.ts';
import { connectEncrypted } from '../socket.ts';

export const encryptionCheck: Check = {
  name: 'encryption',
  title: 'The connection is encrypted and the certificate can be trusted',
  async run({ server, source }) {
    try {
      const socket = await connectEncrypted(server, source.starttls);
      const { subject, issuer, valid_to: validTo } = socket.getPeerCertificate();
      const protocol = socket.getProtocol();
      socket.destroy();
      const by = issuer?.CN ?? issuer?.O ?? 'an authority without a name';
      const until = new Date(validTo).toISOString().slice(0, 10);
      return `${protocol}; certificate of ${subject?.CN ?? server.host} by ${by}, good until ${until}`;
    } catch (error) {
      throw await namingIssuer(source.explain(error), error, server);
    }
  },
};
