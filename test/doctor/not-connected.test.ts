import assert from 'node:assert/strict';
import { test } from 'node:test';
import { narrowNotConnected } from '../../src/doctor/not-connected.ts';
import type { Problem } from '../../src/model/problem.ts';
import { notConnected } from '../../src/sources/sign-in-problems.ts';
import { mailServer } from '../sources/setting.ts';

const server = mailServer({ port: 993, host: 'outlook.office365.com' });

function narrow(claims: object | string, of = server): Problem {
  const token =
    typeof claims === 'string'
      ? claims
      : `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;
  return narrowNotConnected(notConnected(of), of, token);
}

test('an opaque token leaves all causes standing', () => {
  for (const token of ['EwBIA8l6BAAU', 'a.b.c', '']) {
    assert.equal(narrow(token).cause, notConnected(server).cause);
  }
});

test('app-only without the permission', () => {
  const { cause, remedy } = narrow({ idtyp: 'app', roles: ['Mail.Read'] });
  assert.match(cause ?? '', /no permission IMAP\.AccessAsApp/);
  assert.match(remedy ?? '', /admin consent/);
});

test('app-only and unknown to Exchange: the command is given with the ids that the token carries', () => {
  const { cause, remedy } = narrow({
    idtyp: 'app',
    roles: ['IMAP.AccessAsApp'],
    appid: 'client-1',
    oid: 'object-2',
  });
  assert.match(cause ?? '', /Enterprise application/);
  assert.match(remedy ?? '', /New-ServicePrincipal -AppId client-1 -ObjectId object-2;/);
  assert.match(remedy ?? '', /Add-MailboxPermission -Identity support@example\.com -User object-2/);
});

test('another account consented, or one without access to the shared mailbox', () => {
  const { cause, remedy } = narrow({ scp: 'IMAP.AccessAsUser.All', upn: 'jo@example.com' });
  assert.match(cause ?? '', /jo@example\.com consented/);
  assert.match(remedy ?? '', /-Identity support@example\.com -User jo@example\.com/);
});

test('a token without the permission to use IMAP', () => {
  assert.match(
    narrow({ scp: 'Mail.Read', upn: 'support@example.com' }).remedy ?? '',
    /IMAP\.AccessAsUser\.All/,
  );
});

test('the right account: IMAP is off, or there is no licence', () => {
  const { cause, remedy } = narrow({ scp: 'IMAP.AccessAsUser.All', upn: 'Support@Example.com' });
  assert.match(cause ?? '', /switched off/);
  assert.match(remedy ?? '', /Set-CASMailbox -Identity support@example\.com -ImapEnabled \$true/);
});

test('for POP3 it is the permissions and the switch of POP', () => {
  const pop3 = { ...server, protocol: 'pop3' as const };
  assert.match(narrow({ idtyp: 'app', roles: ['IMAP.AccessAsApp'] }, pop3).remedy ?? '', /POP\.AccessAsApp/);
  assert.match(
    narrow({ scp: 'IMAP.AccessAsUser.All', upn: 'support@example.com' }, pop3).remedy ?? '',
    /outlook\.office\.com\/POP\.AccessAsUser\.All/,
  );
  assert.match(
    narrow({ scp: 'POP.AccessAsUser.All', upn: 'support@example.com' }, pop3).remedy ?? '',
    /-PopEnabled \$true/,
  );
});
