import { html } from 'hono/html';
import { headingOf } from '../resources/titles.ts';
import { attributes } from './components/attributes.ts';
import { buttonForm } from './components/form.ts';
import { type IconName, icon, mark } from './components/icon.ts';
import type { ConsoleContext, Frame } from './context.ts';
import { doneMessage } from './done.ts';
import type { Html } from './html.ts';
import { actionsRegion, eventsPath, leadRegion } from './live.ts';

interface Page {
  title: string;
  /** One sentence under the title: what this page is for. */
  lead?: Html | string;
  /** The page above this one. */
  parent?: { href: string; label: string };
  /** Buttons beside the title. */
  actions?: Html | null;
  /** The line under the title and the buttons are regions, and there may be others: see `live.ts`. */
  lives?: true;
  content: Html;
}

interface MenuSection {
  heading: string | null;
  links: { href: string; label: string; icon: IconName }[];
}

const sections: MenuSection[] = [
  { heading: null, links: [{ href: '/', label: 'Overview', icon: 'overview' }] },
  {
    heading: 'Mail',
    links: [
      { href: '/messages', label: 'Messages', icon: 'messages' },
      { href: '/deliveries', label: 'Deliveries', icon: 'deliveries' },
      { href: '/quarantine', label: 'Quarantine', icon: 'quarantine' },
    ],
  },
];

const guideLink = { href: '/guide', label: 'Set-up guide', icon: 'ok' } as const;

function setUpSection({ resources }: Frame): MenuSection {
  return {
    heading: 'Set up',
    links: [
      guideLink,
      ...resources.map(({ resource, picture }) => ({
        href: `/${resource.path}`,
        label: headingOf(resource),
        icon: picture,
      })),
    ],
  };
}

/** A page of a session: navigation, title, what was just done, content. */
export function signedInPage(c: ConsoleContext, page: Page): Html {
  const frame = c.get('frame');
  const navigation = navigationList([...sections, setUpSection(frame)], c.req.path);
  const signOut = buttonForm(c, '/sign-out', html`${icon('signOut')}Sign out`, 'quiet');
  return document(
    frame,
    page.title,
    html`<a class="skip" href="#content">Skip to content</a>
    <header class="bar">
      <a class="brand" href="/">${mark}<span>Letterbox</span></a>
      <details class="menu">
        <summary>${icon('menu')}<span>Menu</span></summary>
        <div class="sheet">
          <nav aria-label="Main">${navigation}</nav>
          ${signOut}
        </div>
      </details>
    </header>
    <div class="frame">
      <aside class="side">
        <a class="brand" href="/">${mark}<span>Letterbox</span></a>
        <nav aria-label="Main">${navigation}</nav>
        ${signOut}
      </aside>
      <main id="content" tabindex="-1">
        ${page.parent && parentLink(page.parent)}
        ${heading(c, page)}
        ${doneMessage(c.req.query('done'), frame.resources)}
        ${page.content}
      </main>
    </div>`,
  );
}

function heading(c: ConsoleContext, { title, lead, actions, lives }: Page): Html {
  const place = (id: string) => attributes(lives ? { id, 'data-region': true } : {});
  const { pathname, search } = new URL(c.req.url);
  const badge =
    lives &&
    html`<span class="live" data-live="${eventsPath(`${pathname}${search}`)}" hidden>${icon('ok')}Live</span>`;
  return html`<div class="heading">
    <div><h1>${title}</h1>${lead && html`<p class="lead"${place(leadRegion)}>${lead}</p>`}</div>
    ${(badge || actions) && html`<div class="actions">${badge}<div class="actions"${place(actionsRegion)}>${actions}</div></div>`}
  </div>`;
}

/** A page outside any session: sign-in, set-up, and what goes wrong there. */
export function plainPage(
  c: ConsoleContext,
  { title, lead, content }: Pick<Page, 'title' | 'lead' | 'content'>,
): Html {
  return document(
    c.get('frame'),
    title,
    html`<main id="content" class="plain">
      <p class="brand">${mark}<span>Letterbox</span></p>
      <div class="card">
        <h1>${title}</h1>
        ${lead && html`<p class="lead">${lead}</p>`}
        ${content}
      </div>
    </main>`,
  );
}

function document({ assetUrl }: Frame, title: string, body: Html): Html {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    <title>${title} · Letterbox</title>
    <link rel="icon" href="${assetUrl('icon.svg')}">
    <link rel="stylesheet" href="${assetUrl('console.css')}">
    <script type="module" src="${assetUrl('console.js')}"></script>
  </head>
  <body>${body}</body>
</html>`;
}

function parentLink({ href, label }: { href: string; label: string }): Html {
  return html`<p class="parent"><a href="${href}">${icon('back')}${label}</a></p>`;
}

function navigationList(menu: MenuSection[], path: string): Html {
  return html`${menu.map(
    ({ heading, links }) => html`${heading && html`<p class="nav-heading">${heading}</p>`}
      <ul>${links.map(
        (link) => html`<li>
          <a${attributes({ href: link.href, 'aria-current': isCurrent(link.href, path) ? 'page' : undefined })}>
            ${icon(link.icon)}<span>${link.label}</span></a>
        </li>`,
      )}</ul>`,
  )}`;
}

function isCurrent(href: string, path: string): boolean {
  return path === href || (href !== '/' && path.startsWith(`${href}/`));
}
