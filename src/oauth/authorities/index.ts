import type { Provider } from '../../model/credential-profile.ts';
import type { Authority } from '../authority.ts';
import { custom } from './custom.ts';
import { google } from './google.ts';
import { microsoft } from './microsoft.ts';

/** Every provider: one line each. */
export const authorities: Record<Provider, Authority> = { microsoft, google, custom };
