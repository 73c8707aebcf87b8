import type { Resource } from './resource.ts';

/** `an incoming email server`. */
export function withArticle(title: string): string {
  return `${/^[aeiou]/.test(title) ? 'an' : 'a'} ${title}`;
}

/** As a heading or a sentence begins: `Incoming email server`. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What all of them are called: `Incoming email servers`; of what there is only one, `Notifications`. */
export function headingOf({ title, noun, single }: Pick<Resource, 'title' | 'noun' | 'single'>): string {
  return capitalised(single ? noun : `${title}s`);
}
