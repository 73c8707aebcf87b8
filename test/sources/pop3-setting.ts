import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { type Config, configSchema } from '../../src/config/config.ts';
import type { TokenSource } from '../../src/model/token.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';
import { createPop3Source } from '../../src/sources/pop3/index.ts';
import type { Cursor, MailSource } from '../../src/sources/source.ts';
import {
  type ScriptedMessage,
  type ScriptedPop3,
  type ScriptPop3,
  startScriptedPop3,
} from './scripted-pop3.ts';
import { knownAmong, localCertificates, mailServer, tokensFrom } from './setting.ts';

/** What the store is to a source: it knows the messages that were taken. */
export interface Memory {
  stored: Set<string>;
  /** Until it is set, nothing that is read becomes durable. */
  isWorking: boolean;
}

export function emptyMemory(): Memory {
  return { stored: new Set(), isWorking: true };
}

/**
 * A source for the server, closed after the test. Each message counts as stored when its bytes were read or the next
 * event is asked for; a second source may share the `memory`, as after a restart.
 */
export function openPop3(
  t: TestContext,
  server: MailServer,
  tokens: TokenSource = tokensFrom(['token']),
  options: Partial<Config['intake']> = {},
  memory: Memory = emptyMemory(),
): MailSource & { memory: Memory } {
  const known = knownAmong((uid) => memory.stored.has(uid));
  const intake = { ...configSchema.parse({}).intake, ...options };
  const log = pino({ level: 'silent' });
  const source = createPop3Source({ server, tokens, options: intake, known, log });
  t.after(() => source.close());

  async function* messages(cursor: Cursor | null, watching: { watch: boolean; signal: AbortSignal }) {
    for await (const event of source.messages(cursor, watching)) {
      if (event.kind !== 'message') {
        yield event;
        continue;
      }
      const store = () => memory.isWorking && memory.stored.add(event.position.uid);
      yield { ...event, raw: whenRead(event.raw, store) };
      store();
    }
  }
  return { ...source, messages, memory };
}

async function* whenRead(raw: AsyncIterable<Uint8Array>, then: () => void): AsyncGenerator<Uint8Array> {
  yield* raw;
  then();
}

/** A scripted server and a source for it. */
export async function startMaildrop(
  t: TestContext,
  script: Record<string, ScriptPop3> = {},
  messages: ScriptedMessage[] = [],
  fields: Partial<MailServer> = {},
  options: Partial<Config['intake']> = {},
): Promise<{
  pop3: ScriptedPop3;
  server: MailServer;
  tokens: ReturnType<typeof tokensFrom>;
  source: ReturnType<typeof openPop3>;
}> {
  const { caPem, ...certificate } = await localCertificates(t);
  const pop3 = await startScriptedPop3(certificate, script, messages);
  t.after(() => pop3.stop());
  const tokens = tokensFrom(['first', 'second']);
  const server = mailServer({ protocol: 'pop3', port: pop3.port, certificateAuthority: caPem, ...fields });
  return { pop3, server, tokens, source: openPop3(t, server, tokens, options) };
}

export function scripted(uid: string, text = `mail ${uid}`, received?: string): ScriptedMessage {
  const trace = received ? `Received: from a.example by b.example;\r\n\t${received}\r\n` : '';
  return { uid, bytes: Buffer.from(`${trace}Subject: ${uid}\r\n\r\n${text}\r\n`) };
}
