import { formatInstant } from '../../model/instant.ts';
import type { Check } from '../check.ts';
import type { Examination } from '../examination.ts';

export const tokenCheck: Check<Examination> = {
  name: 'token',
  title: 'The authority issues an access token',
  needs: ['authority'],
  async run(examination, signal) {
    const token = await examination.subject.freshToken(signal);
    examination.token = token;
    if (token.isPassword) return { detail: 'No token is needed: the profile has a password' };
    return { detail: `It was asked for just now, and is good until ${formatInstant(token.expiresAt)}` };
  },
};
