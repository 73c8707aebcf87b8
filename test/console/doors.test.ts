import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ProblemJson, type ProblemKind, problemKinds } from '../../src/model/problem.ts';
import type { CredentialProfile } from '../../src/resources/credential-profile/record.ts';
import { openSignedIn } from './fixtures.ts';

type Opened = Awaited<ReturnType<typeof openSignedIn>>;

const connectedAt = '2026-11-01T08:00:00.000Z';

/** Profiles by what their button is called. */
const ways = {
  Connect: { grant: 'authorization_code', connectedAt: null },
  Reconnect: { grant: 'authorization_code', connectedAt },
  'Get a token now': { grant: 'client_credentials', connectedAt },
} as const satisfies Record<string, Partial<CredentialProfile>>;

function trouble(kind: ProblemKind, remedy = 'Press Connect again.'): ProblemJson {
  return { code: `sample.${kind}`, kind, title: 'Something is wrong', remedy, retry: 'no' };
}

/** What a server page offers whose server has this problem. */
async function offered(
  { read, administration }: Opened,
  problem: ProblemJson,
  way: Partial<CredentialProfile>,
) {
  const [server] = await administration.servers.list();
  assert.ok(server);
  const profile = await administration.profiles.get(server.profileId);
  administration.profiles.list = async () => [{ ...profile, ...way }];
  administration.profiles.get = async () => ({ ...profile, ...way });
  administration.servers.get = async () => ({ ...server, state: { ...server.state, problem } });
  return buttonsOf(await read(`/servers/${server.id}`));
}

/** Label and target of every button of a page beside those of every page, and the text of its problem. */
function buttonsOf(whole: string) {
  const page = whole.slice(whole.indexOf('<main'));
  const links = [...page.matchAll(/<a class="button[^"]*" href="([^"]*)"[^>]*>(.*?)<\/a>/g)];
  const forms = [...page.matchAll(/<form method="post" action="([^"]*)".*?<button[^>]*>(.*?)<\/button>/g)];
  const buttons = [...links, ...forms].map(([, to = '', label = '']) => ({
    to,
    label: label.replace(/<[^>]*>/g, '').trim(),
  }));
  return { buttons, problem: /<div class="problem">.*?<p class="code">/.exec(page)?.[0] ?? '' };
}

test('a problem of a server names the very button that its profile has, and has that button itself', async (t) => {
  for (const [label, way] of Object.entries(ways)) {
    const { buttons, problem } = await offered(await openSignedIn(t, 'lively'), trouble('consent'), way);
    assert.match(problem, new RegExp(`Press ${label}\\.`));
    assert.ok(
      buttons.some((button) => button.label === label),
      `${label} is there`,
    );
    for (const other of Object.keys(ways).filter((name) => name !== label))
      assert.ok(!buttons.some((button) => button.label === other), `${other} is not`);
  }
});

test('every kind of trouble has a door to what mends it, and no button is there twice', async (t) => {
  const opened = await openSignedIn(t, 'lively');
  const doors: Partial<Record<ProblemKind, RegExp>> = {
    folder: /\/servers\/[^/]+\/edit#field-folders$/,
    mailbox: /\/edit#field-address$/,
    protocol: /\/edit#field-host$/,
    unavailable: /\/edit#field-host$/,
    credentials: /\/profiles\/[^/]+\/secret$/,
    consent: /\/profiles\/[^/]+\/connect$/,
    'sign-in': /\/edit#field-address$/,
    denied: /\/profiles\/[^/]+\/connect$/,
  };
  for (const kind of Object.keys(problemKinds) as ProblemKind[]) {
    const { buttons } = await offered(opened, trouble(kind), ways.Reconnect);
    const targets = buttons.map(({ to, label }) => `${label} ${to}`);
    assert.deepEqual(targets, [...new Set(targets)], kind);
    assert.ok(
      targets.some((one) => one.startsWith('Test connection ')),
      `${kind}: it can be tested again`,
    );
    const door = doors[kind];
    if (door)
      assert.ok(
        buttons.some(({ to }) => door.test(to)),
        `${kind}: ${targets.join(', ')}`,
      );
  }
});

test('an app by itself that is refused leads to how access is given; a person does not', async (t) => {
  const opened = await openSignedIn(t, 'lively');
  const leads = async (kind: ProblemKind, way: Partial<CredentialProfile>) =>
    (await offered(opened, trouble(kind), way)).buttons.some(
      ({ label }) => label === 'See how access is given',
    );
  for (const kind of ['sign-in', 'denied'] as const) {
    assert.ok(await leads(kind, ways['Get a token now']), kind);
    assert.ok(!(await leads(kind, ways.Reconnect)), kind);
  }
  assert.ok(!(await leads('unavailable', ways['Get a token now'])));
});

test('a profile with a problem has its buttons beside it and nowhere else', async (t) => {
  const { read, administration } = await openSignedIn(t, 'lively');
  const { get } = administration.profiles;
  administration.profiles.get = async (id) => ({
    ...(await get(id)),
    ...ways.Connect,
    problem: trouble('consent', 'Press Reconnect on the profile.'),
  });
  const { buttons, problem } = buttonsOf(await read('/profiles/prf_contoso'));
  assert.match(problem, /Press Connect on the profile\./);
  assert.equal(buttons.filter(({ label }) => label === 'Connect').length, 1);
});

test('what was seen stands under “Details”: it need not be something that happened', async (t) => {
  const { read } = await openSignedIn(t, 'lively');
  const page = await read('/profiles/prf_app');
  assert.match(page, /<dt>Details<\/dt>/);
  assert.doesNotMatch(page, /What happened/);
});
