import { fieldsOf, type Json, type Resource, type ResourceRecord } from '../../resources/resource.ts';
import { withArticle } from '../../resources/titles.ts';
import type { Command } from '../command.ts';
import { askSecrets } from './ask.ts';
import { askForSettings } from './found-settings.ts';
import { inputOf } from './input.ts';
import { fieldOptions } from './options.ts';
import { nameByIds } from './references.ts';
import { standingOf } from './standing.ts';
import { inSentence, type TitleOf } from './summary.ts';
import { readTyped } from './typed.ts';

export function addCommand(resource: Resource, titleOf: TitleOf): Command {
  const { title, command, path, type } = resource;
  const options = fieldOptions(resource, 'add', titleOf);
  const notes = notesOf(resource);
  return {
    name: `${command} add`,
    summary: `Adds ${withArticle(title)}`,
    options,
    ...(notes && { notes }),
    async run(call) {
      const typed = await readTyped(call, resource, options, 'add');
      await askForSettings(call, resource, typed);
      await askSecrets(call, resource, typed);
      await nameByIds(call, resource, options, typed, 'add');
      const input = inputOf(resource, typed, null);
      const api = await call.api();
      const record = await api.request<ResourceRecord & Json>('POST', `/api/${path}`, input);
      const told = [
        `Added the ${title} ${record.name} (${record.id}).`,
        standingOf(type).next?.(record) ?? '',
        ...shownOnce(resource, record),
      ];
      call.out.show(record, () => told.filter(Boolean).join(' '));
      return 0;
    },
  };
}

/** How secrets come that no option gives. */
function notesOf(resource: Resource): string {
  const secrets = Object.values(fieldsOf(resource)).filter(
    ({ role, fromFile }) => role === 'secret' && fromFile === undefined,
  );
  const variables = secrets.flatMap(({ label, variable }) =>
    variable === undefined ? [] : [`The ${inSentence(label)} may also come in the variable ${variable}.`],
  );
  const asked = secrets.length > 0 ? ['On a terminal, secrets that are needed are asked for.'] : [];
  return [...variables, ...asked].join(' ');
}

/** What came with a new record and is neither a field nor a state of it: secrets that were made for it. */
function shownOnce({ state, ...resource }: Resource, record: ResourceRecord & Json): string[] {
  const { id, name, createdAt, updatedAt, version, ...members } = record;
  const known = { ...fieldsOf(resource), ...state };
  return Object.entries(members)
    .filter(([member, value]) => typeof value === 'string' && !Object.hasOwn(known, member))
    .map(([member, value]) => `Its ${words(member)}, shown this once:\n\n  ${value}\n`);
}

/** `signingSecret` as `signing secret` */
function words(member: string): string {
  return member.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
}
