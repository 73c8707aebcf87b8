import { html } from 'hono/html';
import type { Instruction } from '../../../setup/guide/step.ts';
import { copyable } from '../../components/copy.ts';
import type { Html } from '../../html.ts';

/** What is to be done at a step, with its values to take along. */
export function renderInstructions(instructions: readonly Instruction[]): Html {
  return html`<div class="instructions">${instructions.map(renderInstruction)}</div>`;
}

function renderInstruction(instruction: Instruction): Html {
  switch (instruction.kind) {
    case 'text':
      return html`<p>${instruction.text}</p>`;
    case 'path':
      return html`<p class="click-path">${instruction.path.map(
        (part, at) => html`${at > 0 && html`<span class="faint"> &gt; </span>`}<strong>${part}</strong>`,
      )}</p>`;
    case 'value':
      return html`<p><span class="faint">${instruction.label}</span><br>${copyable(instruction.value, instruction.label)}</p>`;
    case 'commands':
      return html`<ul class="commands">${instruction.commands.map((command) => html`<li>${copyable(command, 'line')}</li>`)}</ul>`;
    case 'page':
      return html`<p><a class="button" href="${instruction.href}">${instruction.label}</a></p>`;
  }
}
