import { z } from 'zod';
import type { AfterIntake } from '../../model/mail-server.ts';
import { choice } from '../fields/choice.ts';
import { number, oneLine, text, wholeNumber } from '../fields/text.ts';

const days = wholeNumber(0, 3650);

export const afterIntakeParts = {
  action: choice({
    label: 'Once a message is safe here',
    option: 'after-intake',
    placeholder: 'ACTION',
    fallback: 'leave',
    choices: [
      { value: 'leave', label: 'Leave it as it is', help: 'The mailbox is not changed at all.' },
      { value: 'mark-read', label: 'Mark it as read' },
      { value: 'move', label: 'Move it to a folder' },
      {
        value: 'delete',
        label: 'Delete it from the mailbox',
        help: 'The only copy is then the one here.',
      },
    ],
  }),
  folder: text({
    label: 'Folder to move to',
    help: 'It must exist in the mailbox.',
    option: 'move-to',
    placeholder: 'FOLDER',
    when: { action: ['move'] },
    max: 1000,
  }),
  afterDays: number({
    label: 'After so many days',
    help: 'Empty deletes at once.',
    follows: 'at once',
    option: 'delete-after-days',
    placeholder: 'DAYS',
    when: { action: ['delete'] },
    schema: days,
  }),
};

export const afterIntakeInput = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('leave') }),
  z.strictObject({ action: z.literal('mark-read') }),
  z.strictObject({
    action: z.literal('move'),
    folder: z.string('the folder to move to').min(1).max(1000).regex(oneLine, 'one line of text'),
  }),
  z.strictObject({ action: z.literal('delete'), afterDays: days.optional() }),
]);

export function afterIntakeText(after: AfterIntake): string {
  switch (after.action) {
    case 'leave':
      return 'Leave it in the mailbox as it is';
    case 'mark-read':
      return 'Mark it as read';
    case 'move':
      return `Move it to ${after.folder}`;
    case 'delete':
      return after.afterDays
        ? `Delete it from the mailbox after ${after.afterDays} days`
        : 'Delete it from the mailbox';
  }
}
