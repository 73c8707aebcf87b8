import type { MailObject } from '../../delivery/sender.ts';
import { parseMessage } from '../../mime/parser.ts';

/**
 * A request to Graph may have 4 MB, and base64 makes three bytes four; nothing but attachments of a draft can be
 * larger, so a whole mail in MIME cannot (Microsoft: outlook-large-attachments; microsoft-graph-docs issue 13979).
 */
export const largestSource = 3_000_000 - 10_000;

/**
 * The mail as Graph takes it. Recipients that its fields do not name get it through a `Bcc` field, which Graph takes
 * out again.
 */
export async function encode({ envelope, raw }: MailObject): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of raw()) chunks.push(chunk);
  const source = Buffer.concat(chunks);
  const { to, cc, bcc } = parseMessage(source).content;
  const named = new Set([...to, ...cc, ...bcc].map(({ address }) => address.toLowerCase()));
  const hidden = envelope.to.filter((address) => !named.has(address.toLowerCase()));
  const field = hidden.length > 0 ? `Bcc: ${hidden.map((address) => `<${address}>`).join(',\r\n ')}\r\n` : '';
  return Buffer.concat([Buffer.from(field), source]).toString('base64');
}
