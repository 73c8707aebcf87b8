import type { Check } from '../check.ts';
import type { Examination } from '../examination.ts';
import { connectTcp } from '../socket.ts';

export const connectionCheck: Check<Examination> = {
  name: 'connection',
  title: 'The mail server can be reached',
  needs: ['name'],
  async run({ subject: { server, source } }) {
    const began = performance.now();
    try {
      const socket = await connectTcp(server);
      const address = socket.remoteAddress;
      socket.destroy();
      return {
        detail: `${address}, port ${server.port}, answered in ${Math.ceil(performance.now() - began)} ms`,
      };
    } catch (error) {
      throw source.explain(error);
    }
  },
};
