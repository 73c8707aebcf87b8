import { Hono } from 'hono';
import { html } from 'hono/html';
import { confirmation } from '../components/confirmation.ts';
import type { ConsoleEnv } from '../context.ts';
import { withDone } from '../done.ts';
import { signedInPage } from '../layout.ts';
import type { ShownResource } from './view.ts';

/** Deleting a record, also one that cannot be read; with its messages or, where they may stay, without. */
export function removalPage({ records }: ShownResource): Hono<ConsoleEnv> {
  const { path, type, noun, removal } = records.resource;

  /** Its name, and the page to go back to. */
  async function find(id: string): Promise<{ name: string; back: string }> {
    const broken = (await records.all()).unreadable.find((one) => one.id === id);
    if (broken) return { name: broken.name, back: `/${path}` };
    const { name } = await records.get(id);
    return { name, back: `/${path}/${id}` };
  }

  return new Hono<ConsoleEnv>()
    .get(`/${path}/:id/delete`, async (c) => {
      const id = c.req.param('id');
      const { name, back } = await find(id);
      const action = `/${path}/${id}/delete`;
      const { consequence, keepingMessages } = removal;
      return c.html(
        signedInPage(c, {
          title: `Delete ${name}?`,
          parent: { href: back, label: name },
          content: html`${confirmation(c, {
            text: consequence,
            action,
            label: `Delete the ${noun}${keepingMessages === undefined ? '' : ' and its messages'}`,
            back,
          })}
          ${
            keepingMessages !== undefined &&
            confirmation(c, {
              text: keepingMessages,
              action: `${action}?keep=messages`,
              label: `Delete the ${noun}, keep its messages`,
              back,
            })
          }`,
        }),
      );
    })
    .post(`/${path}/:id/delete`, async (c) => {
      const keepMessages = c.req.query('keep') === 'messages';
      await records.remove(c.req.param('id'), { keepMessages });
      return c.redirect(withDone(`/${path}`, `${type}-removed${keepMessages ? '-alone' : ''}`), 303);
    });
}
