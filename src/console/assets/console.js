// The console works without this file. With it: copy buttons, the reader's own time zone, and pages that live.

document.documentElement.classList.add('scripted');

document.addEventListener('click', async ({ target }) => {
  const button = target.closest('[data-copy]');
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const label = button.querySelector('span');
  label.textContent = 'Copied';
  setTimeout(() => {
    label.textContent = 'Copy';
  }, 2000);
});

const day = { day: 'numeric', month: 'short', year: 'numeric' };
const local = {
  day: new Intl.DateTimeFormat('en-GB', day),
  minute: new Intl.DateTimeFormat('en-GB', { ...day, hour: '2-digit', minute: '2-digit' }),
};

/** Times are sent in UTC, which stays in their titles. */
function localise(place) {
  for (const time of place.querySelectorAll('time[data-local]'))
    time.textContent = local[time.dataset.local].format(new Date(time.dateTime));
}

localise(document);

// What was done is told once, and not again when the page is loaded anew
const address = new URL(location.href);
if (address.searchParams.has('done')) {
  address.searchParams.delete('done');
  history.replaceState(history.state, '', address);
}

const live = document.querySelector('[data-live]');
if (live) {
  let source = null;

  // A browser keeps few connections to one server, so a page that nobody looks at gives its own back.
  const follow = () => {
    source?.close();
    source = null;
    live.hidden = true;
    if (document.hidden) return;
    source = new EventSource(live.dataset.live);
    source.addEventListener('open', () => {
      live.hidden = false;
    });
    source.addEventListener('error', () => {
      live.hidden = true;
    });
    source.addEventListener('region', ({ data }) => {
      const { id, html } = JSON.parse(data);
      const place = document.getElementById(id);
      if (place) replace(place, html);
    });
  };

  document.addEventListener('visibilitychange', follow);
  window.addEventListener('pagehide', () => source?.close());
  follow();
}

/** What is to be put in a place once nobody works there. */
const waiting = new Map();

/** Puts the server's own markup in its place. */
function replace(place, html) {
  if (isInUse(place)) {
    waiting.set(place, html);
    return;
  }
  waiting.delete(place);
  const known = new Set(Array.from(place.querySelectorAll('[data-entry]'), (entry) => entry.dataset.entry));
  place.innerHTML = html;
  localise(place);
  if (known.size > 0)
    for (const entry of place.querySelectorAll('[data-entry]'))
      entry.classList.toggle('fresh', !known.has(entry.dataset.entry));
}

/** The keyboard's focus is there, a text is marked, or something was ticked or typed. */
function isInUse(place) {
  const marked = getSelection();
  if (place.contains(document.activeElement)) return true;
  if (!marked.isCollapsed && place.contains(marked.anchorNode)) return true;
  return Array.from(place.querySelectorAll('input, textarea')).some(
    (field) => field.checked !== field.defaultChecked || field.value !== field.defaultValue,
  );
}

for (const event of ['focusout', 'change', 'input', 'selectionchange'])
  document.addEventListener(event, () =>
    setTimeout(() => {
      for (const [place, html] of waiting) replace(place, html);
    }),
  );
