import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { draftOf } from '../../src/compose/draft.ts';
import { createGraphSender } from '../../src/outgoing/graph/index.ts';
import { letter } from '../compose/setting.ts';
import { startGraphWorld, type TokenWish } from '../sources/graph-world.ts';
import { codes, noAbort, outgoingServer, problemOf } from './setting.ts';

let world: Awaited<ReturnType<typeof startGraphWorld>>;
before(async () => {
  world = await startGraphWorld();
});
after(() => world.stop());

/** The lab's Microsoft Graph, and a sender that has such a token there. */
function sending(address: string, wish: TokenWish = {}) {
  world.graph.mailbox(address);
  const server = outgoingServer({
    kind: 'graph',
    address,
    host: world.graph.host,
    port: world.graph.port,
    security: 'tls',
    certificateAuthority: world.certificates.caPem,
  });
  const options = { allowPrivateAddresses: [] };
  return { server, sender: createGraphSender({ server, tokens: world.tokens(wish), options }) };
}

test('a composed mail goes through Graph’s sendMail to everyone, hidden recipients too, and into Sent Items', async () => {
  const address = 'support@send.example';
  const { server, sender } = sending(address, { permissions: ['Mail.Send'] });
  for (const user of ['ann', 'bob', 'carl']) world.graph.mailbox(`${user}@send.example`);
  const { mail, raw } = await draftOf(
    server,
    letter({
      to: [{ name: 'Ann', address: 'ann@send.example' }],
      cc: [{ name: '', address: 'bob@send.example' }],
      bcc: [{ name: '', address: 'carl@send.example' }],
    }),
  );
  const bytes = 'bytes' in raw ? raw.bytes : new Uint8Array();
  const to = mail.recipients.map((recipient) => recipient.address);
  const sent = await sender.send(
    {
      envelope: { from: mail.sender, to },
      size: mail.size,
      async *raw() {
        yield bytes;
      },
    },
    noAbort(),
  );
  assert.deepEqual(new Set(Object.values(codes(sent))), new Set(['accepted']));
  const [taken] = world.graph.sent.filter(({ from }) => from === address);
  assert.deepEqual(taken?.recipients.toSorted(), to.toSorted());
  assert.ok(taken?.mime.toString().endsWith(Buffer.from(bytes).toString()));
});

test('verify tells who may send from who may not, and sends nothing', async () => {
  const sentBefore = world.graph.sent.length;
  const address = 'desk@send.example';
  assert.equal(await sending(address).sender.verify(), `Graph lets us send as ${address}`);
  const reading = sending(address, { permissions: ['Mail.ReadWrite'] });
  assert.equal((await problemOf(reading.sender.verify())).code, 'graph-send.access-denied');
  const foreign = sending(address, { person: 'somebody@send.example', permissions: ['Mail.Send'] });
  assert.match((await problemOf(foreign.sender.verify())).code, /^graph-send\.(access-denied|no-mailbox)$/);
  const wrong = sending(address, { audience: 'https://outlook.office.com' });
  assert.equal((await problemOf(wrong.sender.verify())).code, 'graph-send.sign-in-refused');
  assert.equal(world.graph.sent.length, sentBefore);
});
