import type { Api } from './connect.ts';

/** Ends a sentence about what only a running server does. */
export function onceServing({ running }: Api): string {
  return running ? '' : ' once letterbox serve runs';
}
