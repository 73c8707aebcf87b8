import type { Check } from '../check.ts';
import { connectTcp } from '../socket.ts';

export const connectionCheck: Check = {
  name: 'connection',
  title: 'The mail server can be reached',
  async run({ server, source }) {
    const began = performance.now();
    try {
      const socket = await connectTcp(server);
      const address = socket.remoteAddress;
      socket.destroy();
      return `${address}, port ${server.port}, answered in ${Math.ceil(performance.now() - began)} ms`;
    } catch (error) {
      throw source.explain(error);
    }
  },
};
