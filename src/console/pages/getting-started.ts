import { html } from 'hono/html';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';
import type { DestinationConfig } from '../../resources/destination.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';

import { copyable } from '../components/copy.ts';
import { icon } from '../components/icon.ts';
import type { Html } from '../html.ts';

interface Step {
  title: string;
  done: boolean;
  text: Html | string;
  action: { href: string; label: string } | null;
}

/** The way from a fresh installation to the first delivered message; null once it has been walked. */
export function renderGettingStarted(has: {
  profiles: CredentialProfile[];
  servers: MailServer[];
  destinations: DestinationConfig[];
  redirectUri: string;
}): Html | null {
  const steps = listSteps(has);
  const done = steps.filter((step) => step.done).length;
  if (done === steps.length) return null;
  const next = steps.findIndex((step) => !step.done);
  return html`<section class="card start" aria-labelledby="start-heading">
    <h2 id="start-heading">From here to the first mail</h2>
    <p class="faint">${done} of ${steps.length} steps done</p>
    <ol>${steps.map((step, index) => renderStep(step, index, index === next))}</ol>
  </section>`;
}

function renderStep({ title, done, text, action }: Step, index: number, next: boolean): Html {
  return html`<li class="${done ? 'done-step' : next ? 'next-step' : 'later-step'}">
    <span class="step-number">${done ? icon('ok') : index + 1}</span>
    <div>
      <h3>${title}${done && html`<span class="visually-hidden"> (done)</span>`}</h3>
      ${!done && html`<div class="step-text">${text}</div>`}
      ${next && action && html`<p><a class="button primary" href="${action.href}">${action.label}</a></p>`}
    </div>
  </li>`;
}

function listSteps({
  profiles,
  servers,
  destinations,
  redirectUri,
}: Parameters<typeof renderGettingStarted>[0]): Step[] {
  const unconnected = profiles.find(({ state }) => state !== 'connected');
  return [
    {
      title: 'Register an app with your mail provider',
      done: profiles.length > 0,
      text: html`<p>In Microsoft Entra: <em>App registrations</em>, <em>New registration</em>, platform
        <strong>Web</strong>, with this redirect URI:</p>
        <p>${copyable(redirectUri, 'redirect URI')}</p>
        <p>Then <em>API permissions</em>: add the delegated permission <code>IMAP.AccessAsUser.All</code> and
        <code>offline_access</code>. Under <em>Certificates &amp; secrets</em> make a client secret and keep its
        <strong>Value</strong>.</p>`,
      action: { href: '/profiles/new', label: 'I have the app: add a credential profile' },
    },
    {
      title: 'Add a credential profile',
      done: profiles.length > 0,
      text: 'It holds the app’s IDs and its secret, encrypted. Several mailboxes may share one.',
      action: { href: '/profiles/new', label: 'Add a credential profile' },
    },
    {
      title: 'Connect it',
      // Once is enough: what breaks later is told as a notice, and is no first step.
      done: profiles.some(({ connectedAt }) => connectedAt !== null),
      text: 'Sign in once as someone with access to the mailbox. Letterbox keeps the grant alive from then on.',
      action: {
        href: unconnected ? `/profiles/${unconnected.id}` : '/profiles',
        label: 'Open the profile and connect',
      },
    },
    {
      title: 'Add an incoming email server',
      done: servers.length > 0,
      text: 'One mailbox, its folders, and which mail to take. Test connection shows every step.',
      action: { href: '/servers/new', label: 'Add an incoming email server' },
    },
    {
      title: 'Add a destination',
      done: destinations.length > 0,
      text: 'The webhook that gets each message, signed, under an id that tells a repeat from a new one.',
      action: { href: '/destinations/new', label: 'Add a destination' },
    },
  ];
}
