import { createHttpClient } from '../../network/http-client.ts';
import { explainFailure, peerAt } from '../../oauth/network.ts';
import type { Check } from '../check.ts';
import type { Examination } from '../examination.ts';

const patienceMs = 15_000;

/** Any answer will do: what it says is another matter. */
export const authorityCheck: Check<Examination> = {
  name: 'authority',
  title: 'The authority that issues tokens can be reached',
  needs: [],
  concerns: ({ subject }) => subject.tokenUrl !== null,
  async run(examination, signal) {
    const url = examination.subject.tokenUrl ?? new URL('https://invalid.invalid');
    const peer = peerAt(url);
    const client = createHttpClient(new URL(url.origin), { connections: 1, silenceMs: patienceMs });
    const began = Date.now();
    try {
      const { status, headers, body } = await client.request({
        method: 'GET',
        target: url.pathname,
        headers: { accept: '*/*' },
        signal,
      });
      body.destroy();
      const took = Date.now() - began;
      const said = Date.parse(String(headers.date ?? ''));
      // It was written at some moment between the question and the answer, and tells whole seconds
      if (Number.isFinite(said)) examination.clockAheadMs = began + took / 2 - (said + 500);
      return {
        detail: `${url.host} answered in ${took} ms`,
        evidence: [
          { label: 'Asked', value: `${url.origin}${url.pathname}` },
          { label: 'Status', value: String(status) },
          ...(headers.date ? [{ label: 'Its clock', value: String(headers.date) }] : []),
        ],
      };
    } catch (error) {
      throw await explainFailure(peer, error);
    } finally {
      client.close();
    }
  },
};
