import { draftOf } from '../compose/draft.ts';
import type { Letter } from '../compose/letter.ts';
import { replyRecipients, replySubject, unanswerable } from '../compose/reply.ts';
import type { Dispatcher } from '../delivery/dispatcher.ts';
import type { Address, Message } from '../model/message.ts';
import type { OutgoingMail } from '../model/outgoing.ts';
import { invalidInput } from '../model/problem.ts';
import type { Collection } from '../resources/collection.ts';
import type { OutgoingServer } from '../resources/outgoing-server/record.ts';
import { validate } from '../resources/validation.ts';
import type { Store } from '../store/store.ts';
import type { Administration } from './administration.ts';
import { findMessage, findOutgoingMail } from './find.ts';
import { mailInput, mostRecipients, replyInput } from './mail-input.ts';

const pageSize = 50;
const largestPage = 500;
type Servers = Pick<Collection<OutgoingServer>, 'find' | 'list'>;

export function createOutgoingAdministration({
  outgoingServers,
  store,
  dispatcher,
}: {
  outgoingServers: Servers;
  store: Store;
  dispatcher: Pick<Dispatcher, 'wake'>;
}): Administration['outgoing'] {
  const find = (id: string) => findOutgoingMail(store, id);

  async function enqueue(server: OutgoingServer, letter: Letter): Promise<OutgoingMail> {
    if (letter.to.length + letter.cc.length + letter.bcc.length > mostRecipients)
      throw invalidInput([{ field: 'to', expected: `at most ${mostRecipients} recipients in all` }]);
    const draft = await draftOf(server, letter);
    await store.outbox.add([draft]);
    dispatcher.wake(server.id);
    return draft.mail;
  }

  return {
    list: ({ limit = pageSize, ...query }) =>
      store.outbox.list({ ...query, limit: Math.min(limit, largestPage) }),
    get: find,
    async *raw(id) {
      await find(id);
      yield* store.outbox.raw(id);
    },

    async send(input) {
      const { serverId, automatic, ...mail } = validate(mailInput, input);
      const server = await serverById(serverId, outgoingServers);
      return enqueue(server, { ...mail, answers: null, automatic: automatic ? 'auto-generated' : null });
    },

    async reply(messageId, input) {
      const wanted = validate(replyInput, input);
      const message = await findMessage(store, messageId);
      const server = await (wanted.serverId === undefined
        ? serverFor(message, outgoingServers)
        : serverById(wanted.serverId, outgoingServers));
      const to = wanted.to ?? recipientsOf(message);
      return enqueue(server, {
        to,
        cc: wanted.cc,
        bcc: wanted.bcc,
        subject: wanted.subject ?? replySubject(message.subject),
        text: wanted.text,
        html: wanted.html,
        answers: message,
        automatic: wanted.automatic ? 'auto-replied' : null,
      });
    },
  };
}

/** Whom an answer goes to when nobody says so. Throws `input.invalid` where that is not all whom the message names. */
function recipientsOf(message: Message): Address[] {
  const to = replyRecipients(message);
  if (to.length === 0)
    throw invalidInput([
      { field: 'to', expected: 'an address, as the message names none that could be answered' },
    ]);
  const given = unanswerable(message).map(({ address }) => address);
  if (given.length === 0) return to;
  const expected = 'whom to answer, as mail cannot be sent to all whom the message names';
  throw invalidInput([{ field: 'to', expected, given: given.join(', ') }]);
}

/** Throws `input.invalid` where it cannot send. */
async function serverById(id: string, outgoingServers: Servers): Promise<OutgoingServer> {
  const server = await outgoingServers.find(id);
  if (server?.enabled) return server;
  throw invalidInput([
    {
      field: 'serverId',
      expected: server
        ? 'an outgoing email server that is switched on'
        : 'the id of an outgoing email server',
      given: server?.name ?? id,
    },
  ]);
}

/** The one whose mail comes from where the message went; else the only one there is. */
async function serverFor({ mailbox }: Message, outgoingServers: Servers): Promise<OutgoingServer> {
  const servers = (await outgoingServers.list()).filter(({ enabled }) => enabled);
  const same = servers.filter((server) => server.address.toLowerCase() === mailbox.toLowerCase());
  const [server, ...others] = same.length > 0 ? same : servers;
  if (server && others.length === 0) return server;
  throw invalidInput([
    {
      field: 'serverId',
      expected: server
        ? `the id of an outgoing email server; several may answer for ${mailbox}`
        : 'an outgoing email server, and none is there that is switched on',
    },
  ]);
}
