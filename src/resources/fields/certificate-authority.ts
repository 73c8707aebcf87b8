import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { Field } from '../field.ts';
import type { Description } from './description.ts';
import { optional } from './optional.ts';
import { area } from './text.ts';

/** PEM of certificates; long, so that lists and facts only say that there is one. */
export function certificateAuthority(
  description: Pick<Description, 'group'>,
): Field<string | null, 'stored'> {
  const pem = z
    .string()
    .max(100_000)
    .refine(isPem, 'one or more certificates in PEM, beginning with -----BEGIN CERTIFICATE-----');
  return {
    ...optional(
      area({
        label: 'Private certificate authority',
        help: 'PEM, beginning with -----BEGIN CERTIFICATE-----. Only for servers with certificates of your own.',
        folded: true,
        placeholder: 'FILE',
        schema: pem,
        rows: 4,
        mono: true,
        ...description,
      }),
    ),
    fromFile: 'PEM file',
    show: (value) => value && 'A private one, given as PEM',
  };
}

function isPem(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
