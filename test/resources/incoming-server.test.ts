import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CredentialProfile } from '../../src/resources/credential-profile/record.ts';
import { startInstant } from '../../src/resources/incoming-server/resource.ts';
import { sampleProfiles } from '../console/sample-data.ts';
import { mailServer } from '../store/fixtures.ts';
import { serverProblems } from './fixtures.ts';

test('only new mail: what comes in the very second of the start is new, as mail servers tell whole seconds', () => {
  const now = new Date('2026-11-25T10:00:05.400Z');
  assert.equal(startInstant('now', null, now), '2026-11-25T10:00:05.000Z');
  assert.equal(startInstant('2026-11-24', null, now), '2026-11-24T00:00:00.000Z');
  assert.equal(startInstant('everything', null, now), null);
});

test('a folder that messages are moved to is not one that is read', async () => {
  const profile = sampleProfiles[0] as CredentialProfile;
  const afterIntake = { action: 'move', folder: 'Done' } as const;
  const server = mailServer({
    host: 'outlook.office365.com',
    address: 'anna@contoso.example',
    folders: ['INBOX', 'Done'],
    afterIntake,
  });
  const [found] = await serverProblems(server, profile);
  assert.deepEqual([found?.field, found?.given], ['afterIntake.folder', 'Done']);
  assert.deepEqual(await serverProblems({ ...server, folders: ['INBOX', '*'] }, profile), []);
});
