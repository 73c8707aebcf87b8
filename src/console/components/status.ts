import { html } from 'hono/html';
import type { DestinationWithEndpoint } from '../../administration/administration.ts';
import type { Delivery } from '../../model/delivery.ts';
import type { MailServerCondition } from '../../model/mail-server.ts';
import type { OutgoingMail, Recipient } from '../../model/outgoing.ts';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';
import type { Html } from '../html.ts';
import { icon } from './icon.ts';

type Tone = 'ok' | 'busy' | 'warn' | 'bad' | 'idle';

/** A state told by colour, shape and word. */
export function status(tone: Tone, word: string): Html {
  return html`<span class="status status-${tone}">${icon(tone)}${word}</span>`;
}

const conditions: Record<MailServerCondition, [Tone, string]> = {
  starting: ['busy', 'Starting'],
  synchronising: ['busy', 'Synchronising'],
  watching: ['ok', 'Watching'],
  throttled: ['warn', 'Throttled'],
  failing: ['bad', 'Failing'],
  paused: ['idle', 'Paused'],
  stopped: ['idle', 'Stopped'],
};

export function serverStatus(condition: MailServerCondition): Html {
  return status(...conditions[condition]);
}

export function profileStatus({ state, connectedAt, problem }: CredentialProfile): Html {
  if (state === 'connected') return status('ok', 'Connected');
  if (state === 'failing') return status('bad', 'Failing');
  return connectedAt === null && problem === null
    ? status('warn', 'Not connected yet')
    : status('bad', 'Consent needed');
}

export function deliveryStatus({ state, attempts }: Delivery): Html {
  if (state === 'delivered') return status('ok', 'Delivered');
  if (state === 'dead') return status('bad', 'Dead letter');
  return attempts === 0 ? status('busy', 'Pending') : status('warn', 'Retrying');
}

/** Of a destination: its own answer may have switched it off. */
export function destinationStatus({ enabled, endpoint }: DestinationWithEndpoint): Html {
  if (enabled && endpoint.disabled) return status('bad', 'Disabled');
  return enabled && endpoint.restsUntil ? status('warn', 'Left alone, as it asked') : onOrOff({ enabled });
}

/** Of a destination or an outgoing server. */
export function onOrOff({ enabled }: { enabled: boolean }): Html {
  return enabled ? status('ok', 'On') : status('idle', 'Off');
}

const recipientStates: Record<Recipient['state'], [Tone, string]> = {
  waiting: ['busy', 'Waiting'],
  accepted: ['ok', 'Accepted'],
  rejected: ['bad', 'Rejected'],
};

export function recipientStatus(state: Recipient['state']): Html {
  return status(...recipientStates[state]);
}

/** Of a mail to all its recipients: the worst of them, unless some still wait. */
export function mailStatus({ recipients }: OutgoingMail): Html {
  const state = (['waiting', 'rejected', 'accepted'] as const).find((wanted) =>
    recipients.some((recipient) => recipient.state === wanted),
  );
  return recipientStatus(state ?? 'waiting');
}
