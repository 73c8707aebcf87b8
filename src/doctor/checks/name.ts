import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Check } from '../check.ts';
import type { Examination } from '../examination.ts';

export const nameCheck: Check<Examination> = {
  name: 'name',
  title: 'The name of the mail server is known',
  needs: [],
  async run({ subject: { server, source } }) {
    if (isIP(server.host)) return { detail: `${server.host} is an address, no name is needed` };
    try {
      const found = await lookup(server.host, { all: true });
      const of = (family: number) =>
        found.filter((one) => one.family === family).map(({ address }) => address);
      return {
        detail: `${server.host} is ${found.map(({ address }) => address).join(', ')}`,
        evidence: [
          { label: 'IPv4', value: of(4).join(', ') || 'none' },
          { label: 'IPv6', value: of(6).join(', ') || 'none' },
        ],
      };
    } catch (error) {
      throw source.explain(error);
    }
  },
};
