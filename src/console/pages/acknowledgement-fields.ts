import { html } from 'hono/html';
import { placeholders } from '../../compose/placeholders.ts';
import type { Acknowledgement } from '../../model/mail-server.ts';
import type { OutgoingServer } from '../../resources/outgoing-server.ts';

import { choicesOf, type Field, renderField } from '../components/field.ts';
import type { Html } from '../context.ts';
import type { FormState } from '../form.ts';

/** The part of a server's form that is about the automatic answer to new mail. */

const names = {
  tick: 'acknowledge',
  server: 'acknowledgement.outgoingServerId',
  subject: 'acknowledgement.subject',
  text: 'acknowledgement.text',
};

export const blankAcknowledgement: Record<string, string> = {
  [names.tick]: '',
  [names.server]: '',
  [names.subject]: 'Re: {subject}',
  [names.text]: '',
};

export function acknowledgementValues(set: Acknowledgement | null): Record<string, string> {
  if (!set) return blankAcknowledgement;
  return {
    [names.tick]: 'on',
    [names.server]: set.outgoingServerId,
    [names.subject]: set.subject,
    [names.text]: set.text,
  };
}

export function toAcknowledgement(values: Record<string, string>) {
  if (values[names.tick] !== 'on') return null;
  return {
    outgoingServerId: values[names.server],
    subject: values[names.subject],
    text: values[names.text]?.replaceAll('\r\n', '\n'),
  };
}

export function acknowledgementFields(outgoing: OutgoingServer[]): Field[] {
  return [
    {
      name: names.server,
      label: 'Answer through',
      kind: 'select',
      required: true,
      choices: choicesOf(
        outgoing,
        outgoing.length === 0 ? 'There is no outgoing server yet' : 'Choose a server',
      ),
    },
    { name: names.subject, label: 'Subject', kind: 'text', required: true },
    {
      name: names.text,
      label: 'Text',
      kind: 'area',
      rows: 5,
      required: true,
      hint: `May name ${Object.keys(placeholders)
        .map((name) => `{${name}}`)
        .join(', ')}.`,
    },
  ];
}

export function renderAcknowledgement(state: FormState, outgoing: OutgoingServer[]): Html {
  return html`<div class="group">
    <h2>Automatic answer</h2>
    ${renderField(state, {
      name: names.tick,
      label: 'Tell senders that their mail has arrived',
      kind: 'tick',
      hint: 'Once in some hours for each sender; never in answer to automatic mail or mailing lists.',
    })}
    <div class="for-acknowledgement">
      ${acknowledgementFields(outgoing).map((field) => renderField(state, field))}
    </div>
  </div>`;
}
