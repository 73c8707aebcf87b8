import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Use } from '../../src/model/token.ts';
import { exchangeAccess } from '../../src/setup/exchange-access.ts';

const profile = (uses: Use[]) => ({
  name: 'Contoso’s app',
  clientId: '11111111-2222-3333-4444-555555555555',
  tenant: 'contoso.com',
  uses,
});
const mailbox = "o'brien@contoso.com";
const objectId = 'aaaaaaaa-2222-3333-4444-555555555555';
const commandsOf = (uses: Use[], id: string | null = objectId) =>
  exchangeAccess(profile(uses), mailbox, id).flatMap(({ commands }) => commands);

test('the app is made known to Exchange by its client ID and the object ID of the Enterprise application', () => {
  assert.ok(
    commandsOf(['imap']).includes(
      `New-ServicePrincipal -AppId '${profile([]).clientId}' -ObjectId '${objectId}' -DisplayName 'Letterbox Contoso’’s app'`,
    ),
  );
  const [unknown] = commandsOf(['imap'], null).filter((command) =>
    command.startsWith('New-ServicePrincipal'),
  );
  assert.match(unknown ?? '', /-ObjectId "<Object ID on the page of the Enterprise application>"/);
});

test('IMAP and POP3 need a permission on the mailbox, whose name is quoted as PowerShell wants it', () => {
  for (const use of ['imap', 'pop3'] as const)
    assert.ok(
      commandsOf([use]).includes(
        `Add-MailboxPermission -Identity 'o''brien@contoso.com' -User '${objectId}' -AccessRights FullAccess`,
      ),
    );
  assert.ok(!commandsOf(['graph']).some((command) => command.startsWith('Add-MailboxPermission')));
});

test('Graph and EWS get roles whose scope is this mailbox, and the command that proves it', () => {
  const commands = commandsOf(['graph', 'graph-send', 'ews']);
  const scope = "'Letterbox o''brien@contoso.com'";
  assert.ok(
    commands.includes(
      `New-ManagementScope -Name ${scope} -RecipientRestrictionFilter 'PrimarySmtpAddress -eq ''o''''brien@contoso.com'''`,
    ),
  );
  for (const role of ['Application Mail.ReadWrite', 'Application Mail.Send', 'Application EWS.AccessAsApp'])
    assert.ok(
      commands.includes(
        `New-ManagementRoleAssignment -App '${objectId}' -Role '${role}' -CustomResourceScope ${scope}`,
      ),
    );
  assert.ok(commands.some((command) => command.startsWith('Test-ServicePrincipalAuthorization')));
  assert.ok(commands.some((command) => command.startsWith('New-ApplicationAccessPolicy')));
});

test('sending by SMTP needs the right to send as the mailbox', () => {
  assert.ok(
    commandsOf(['smtp']).includes(
      `Add-RecipientPermission -Identity 'o''brien@contoso.com' -Trustee '${objectId}' -AccessRights SendAs`,
    ),
  );
});
