import type { Given } from './command.ts';
import { readPem } from './pem.ts';

/** The PEM file that `--certificate-authority` names, read; undefined where it is not given. */
export const readCertificateAuthority = (given: Given) => readPem(given, 'certificate-authority');
