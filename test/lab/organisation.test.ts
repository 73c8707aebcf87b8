import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { startEws } from '../../lab/ews/index.ts';
import { createExchangeOrganisation } from '../../lab/exchange/organisation.ts';
import { startGraph } from '../../lab/graph/index.ts';
import { askForToken, exchangeDefault } from './authority-client.ts';
import { startAuthorityWorld } from './authority-world.ts';

const support = 'support@contoso.example';

/** Graph and EWS of one organisation, and an app that may use both. */
async function startOrganisation(t: TestContext) {
  const { after, folder, certificates, authority } = await startAuthorityWorld(t);
  const organisation = createExchangeOrganisation();
  const graph = await startGraph({ certificates, authority, organisation, folder: join(folder, 'graph') });
  after(graph.stop);
  const ews = await startEws({ certificates, authority, organisation, folder: join(folder, 'ews') });
  after(ews.stop);
  graph.mailbox(support);
  ews.mailbox(support);
  const client = authority.register({ appOnly: true });
  const authorization = async (scope: string) => {
    const { access_token } = await askForToken(authority, {
      grant_type: 'client_credentials',
      client_id: client.clientId,
      client_secret: client.clientSecret,
      scope,
    });
    return `Bearer ${access_token}`;
  };
  return {
    organisation,
    mailbox: organisation.mailbox(support),
    clientId: client.clientId,
    /** What Graph says when the Inbox is asked for. */
    async askGraph(): Promise<string> {
      const headers = { authorization: await authorization('https://graph.microsoft.com/.default') };
      const response = await fetch(`${graph.origin}/v1.0/users/${support}/mailFolders/inbox`, { headers });
      const { error } = (await response.json()) as { error?: { code: string; message: string } };
      return error ? `${response.status} ${error.code} ${error.message}` : String(response.status);
    },
    async askEws(): Promise<string> {
      const headers = {
        authorization: await authorization(exchangeDefault),
        'content-type': 'text/xml; charset=utf-8',
      };
      const response = await fetch(ews.url, { method: 'POST', headers, body: getInbox });
      const [, code = ''] = /ResponseCode[^>]*>(\w+)</.exec(await response.text()) ?? [];
      return `${response.status} ${code}`.trim();
    },
  };
}

const getInbox = `<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"
  xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"
  xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages">
<soap:Header><t:RequestServerVersion Version="Exchange2016"/><t:ExchangeImpersonation><t:ConnectingSID>
<t:PrimarySmtpAddress>${support}</t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation></soap:Header>
<soap:Body><m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>
<m:FolderIds><t:DistinguishedFolderId Id="inbox"/></m:FolderIds></m:GetFolder></soap:Body></soap:Envelope>`;

test('one state of a mailbox or an app is seen by Graph and EWS alike, each in its own words', async (t) => {
  const { organisation, mailbox, clientId, askGraph, askEws } = await startOrganisation(t);
  assert.deepEqual([await askGraph(), await askEws()], ['200', '200 NoError']);

  mailbox.licensed = false;
  assert.match(await askGraph(), /^404 MailboxNotEnabledForRESTAPI/);
  assert.equal(await askEws(), '500 ErrorNonExistentMailbox');
  mailbox.licensed = true;

  organisation.accessPolicies.set(clientId, new Set(['another@contoso.example']));
  assert.match(await askGraph(), /^403 ErrorAccessDenied .*\[RAOP\]/);
  assert.equal(await askEws(), '500 ErrorImpersonateUserDenied');
  organisation.accessPolicies.clear();

  organisation.roleScopes.set(clientId, new Set(['another@contoso.example']));
  assert.match(await askGraph(), /^403 ErrorAccessDenied Access is denied/);
  assert.equal(await askEws(), '500 ErrorImpersonateUserDenied');
  organisation.roleScopes.clear();

  organisation.remove(support);
  assert.match(await askGraph(), /^404 ErrorInvalidUser/);
  assert.equal(await askEws(), '500 ErrorNonExistentMailbox');
});

test('EWS is switched off for the organisation, for a mailbox, or for apps that are not on its list', async (t) => {
  const { organisation, mailbox, clientId, askGraph, askEws } = await startOrganisation(t);
  organisation.ews.enabled = false;
  assert.deepEqual([await askEws(), await askGraph()], ['403', '200']);
  organisation.ews = { enabled: true, allowedApps: new Set() };
  assert.equal(await askEws(), '403');
  organisation.ews.allowedApps?.add(clientId);
  assert.equal(await askEws(), '200 NoError');
  mailbox.ewsEnabled = false;
  assert.equal(await askEws(), '403');
});
