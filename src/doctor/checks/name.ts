import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Check } from '../check.ts';

export const nameCheck: Check = {
  name: 'name',
  title: 'The name of the mail server is known',
  async run({ server, source }) {
    if (isIP(server.host)) return `${server.host} is an address, no name is needed`;
    try {
      const addresses = await lookup(server.host, { all: true });
      return `${server.host} is ${addresses.map(({ address }) => address).join(', ')}`;
    } catch (error) {
      throw source.explain(error);
    }
  },
};
