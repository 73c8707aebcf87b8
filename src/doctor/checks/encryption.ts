import { namingIssuer } from '../../network/issuers.ts';
import { chainOf } from '../certificate-chain.ts';
import { type Check, day } from '../check.ts';
import type { Examination } from '../examination.ts';
import { connectEncrypted } from '../socket.ts';

export const encryptionCheck: Check<Examination> = {
  name: 'encryption',
  title: 'The connection is encrypted and the certificate can be trusted',
  needs: ['connection'],
  async run({ subject: { server, source } }) {
    try {
      const socket = await connectEncrypted(server, source.starttls);
      const chain = chainOf(socket.getPeerCertificate(true));
      const protocol = socket.getProtocol();
      socket.destroy();
      const [own, issuer] = chain;
      return {
        detail: `${protocol}; certificate of ${own?.name || server.host} by ${issuer?.name || own?.issuer || 'an authority without a name'}, good until ${own ? day(own.validTo) : 'nobody knows when'}`,
        evidence: chain.map(({ name, issuer: by, validTo }, at) => ({
          label: at === 0 ? 'Certificate' : 'Issued by',
          value: `${name}, signed by ${by}, good until ${day(validTo)}`,
        })),
      };
    } catch (error) {
      throw await namingIssuer(source.explain(error), error, server);
    }
  },
};
