import assert from 'node:assert/strict';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { type EwsWorld, mail, startEwsWorld } from '../sources/ews-world.ts';

/**
 * Requests that are wrong in one thing each. Exchange holds every request against its schema and refuses the whole of
 * it; a stand-in that is more lenient would hide a mistake of ours.
 */
let world: EwsWorld;
let agent: Agent;
let token: string;
let id: string;
const address = 'schema@contoso.example';
before(async () => {
  world = await startEwsWorld();
  agent = new Agent({ ca: world.certificates.caPem });
  token = await world.sign(world.claims.personal(address));
  id = await world.ews.mailbox(address).deliver(mail(1));
});
after(async () => {
  agent.destroy();
  await world.stop();
});

const spaces =
  'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" ' +
  'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"';

async function ask(operation: string, { version = 'Exchange2013', path = '/EWS/Exchange.asmx' } = {}) {
  const header = `<s:Header><t:RequestServerVersion Version="${version}"/></s:Header>`;
  const sending = request(new URL(path, world.ews.url), {
    method: 'POST',
    agent,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/xml; charset=utf-8' },
  });
  sending.end(`<s:Envelope ${spaces}>${header}<s:Body>${operation}</s:Body></s:Envelope>`);
  const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    sending.on('response', resolve).on('error', reject);
  });
  const body = await text(response);
  const [, code] = /<(?:e|m):ResponseCode[^>]*>(\w+)</.exec(body) ?? [];
  return { status: response.statusCode, code, body };
}

const shape = '<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>';
const folderShape = '<m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>';
const inbox = '<t:DistinguishedFolderId Id="inbox"/>';
const items = () => `<m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds>`;
const sync = (most: string, folder = inbox) =>
  `<m:SyncFolderItems>${shape}<m:SyncFolderId>${folder}</m:SyncFolderId><m:MaxChangesReturned>${most}</m:MaxChangesReturned></m:SyncFolderItems>`;
const getFolder = (ids: string) =>
  `<m:GetFolder>${folderShape}<m:FolderIds>${ids}</m:FolderIds></m:GetFolder>`;

test('what is right is answered, whatever the case of the path', async () => {
  for (const operation of [
    sync('1'),
    sync('512'),
    getFolder(inbox),
    `<m:GetItem>${shape}${items()}</m:GetItem>`,
  ])
    assert.deepEqual(
      await ask(operation, { path: '/ews/exchange.ASMX' }).then(({ status, code }) => [status, code]),
      [200, 'NoError'],
      operation,
    );
});

test('a request that is not as the schema has it is refused as a whole, and nothing is done', async () => {
  const wrong = [
    ...['0', '513', '-1', '', 'many'].map((most) => sync(most)),
    `<m:SyncFolderItems>${shape}<m:SyncFolderId>${inbox}</m:SyncFolderId></m:SyncFolderItems>`,
    sync('1', ''),
    sync('1', '<t:DistinguishedFolderId Id="Inbox"/>'),
    sync('1', '<t:DistinguishedFolderId Id="nonsense"/>'),
    sync('1', '<t:DistinguishedFolderId/>'),
    getFolder('<t:FolderId/>'),
    getFolder(''),
    `<m:GetItem>${items()}${shape}</m:GetItem>`,
    `<m:GetItem>${shape.replaceAll('m:', 't:')}${items()}</m:GetItem>`,
    `<m:GetItem><m:ItemShape><t:BaseShape>Everything</t:BaseShape></m:ItemShape>${items()}</m:GetItem>`,
    `<m:FindFolder>${folderShape}<m:ParentFolderIds>${inbox}</m:ParentFolderIds></m:FindFolder>`,
    `<m:DeleteItem>${items()}</m:DeleteItem>`,
    `<m:DeleteItem DeleteType="Delete">${items()}</m:DeleteItem>`,
    `<m:DeleteItem DeleteType="HardDelete"><m:ItemIds/></m:DeleteItem>`,
    `<m:MoveItem>${items()}<m:ToFolderId>${inbox}</m:ToFolderId></m:MoveItem>`,
    `<m:UpdateItem><m:ItemChanges><t:ItemChange><t:ItemId Id="${id}"/><t:Updates/></t:ItemChange></m:ItemChanges></m:UpdateItem>`,
    '<m:GetStreamingEvents><m:SubscriptionIds><t:SubscriptionId>x</t:SubscriptionId></m:SubscriptionIds><m:ConnectionTimeout>31</m:ConnectionTimeout></m:GetStreamingEvents>',
    `<m:Subscribe><m:StreamingSubscriptionRequest><t:FolderIds>${inbox}</t:FolderIds><t:EventTypes><t:EventType>Everything</t:EventType></t:EventTypes></m:StreamingSubscriptionRequest></m:Subscribe>`,
    '<m:NoSuchOperation/>',
    '<t:GetItem/>',
    '<m:constructor/>',
  ];
  for (const operation of wrong) {
    const { status, code, body } = await ask(operation);
    assert.deepEqual([status, code], [500, 'ErrorSchemaValidation'], operation);
    assert.match(body, /<faultcode xmlns:a="[^"]+\/types">a:ErrorSchemaValidation</);
  }
  assert.ok(world.ews.mailbox(address).find(id), 'it is still there');
});

test('an unknown operation is named with the namespace that it has', async () => {
  const { body } = await ask('<m:NoSuchOperation/>');
  assert.match(
    body,
    /invalid child element &#39;NoSuchOperation&#39; in namespace &#39;[^&]+\/messages&#39;/,
  );
});

test('a version that Exchange never had is refused', async () => {
  assert.equal((await ask(getFolder(inbox), { version: 'Exchange2099' })).code, 'ErrorInvalidServerVersion');
});

test('a refusal of one thing has what the schema wants in its place', async () => {
  const unknown = `<m:ItemIds><t:ItemId Id="${'A'.repeat(152)}"/></m:ItemIds>`;
  const target = `<m:ToFolderId>${inbox}</m:ToFolderId>`;
  const cases: [operation: string, code: string, content: string][] = [
    [`<m:GetItem>${shape}${unknown}</m:GetItem>`, 'ErrorItemNotFound', '<m:Items/>'],
    [
      `<m:GetItem>${shape}<m:ItemIds><t:ItemId Id=""/></m:ItemIds></m:GetItem>`,
      'ErrorInvalidIdEmpty',
      '<m:Items/>',
    ],
    [`<m:MoveItem>${target}${unknown}</m:MoveItem>`, 'ErrorItemNotFound', '<m:Items/>'],
    [getFolder('<t:DistinguishedFolderId Id="journal"/>'), 'ErrorFolderNotFound', '<m:Folders/>'],
    [getFolder('<t:FolderId Id="nonsense"/>'), 'ErrorInvalidIdMalformed', '<m:Folders/>'],
    [
      sync('10', '<t:DistinguishedFolderId Id="journal"/>'),
      'ErrorFolderNotFound',
      '<m:SyncState/><m:IncludesLastItemInRange>true</m:IncludesLastItemInRange>',
    ],
  ];
  for (const [operation, expected, content] of cases) {
    const { status, code, body } = await ask(operation);
    assert.deepEqual([status, code, body.includes(content)], [200, expected, true], body);
  }
});
