import { connect } from 'node:net';
import { type Admission, admit, type Protocol, type UnknownApps } from './admission.ts';
import { Lines } from './lines.ts';
import type { ExchangeOrganisation } from './organisation.ts';
import { readToken, type Trusted } from './tokens.ts';
import { readXoauth2 } from './xoauth2.ts';

/** How one sign-in ended: who tried, and what they were told. */
export interface SignInNote {
  protocol: Protocol;
  user: string;
  admission: Admission['kind'];
}

/** What sessions of all protocols have at hand. */
export interface Front {
  organisation: ExchangeOrganisation;
  authority: Trusted;
  /** Plain-text ports of the real mail server behind. */
  behind: Record<Protocol, number>;
  unknownApps: UnknownApps;
  signIns: SignInNote[];
}

/** Looks at what a client showed by XOAUTH2. */
export async function signIn(front: Front, protocol: Protocol, base64: string): Promise<Admission> {
  const shown = readXoauth2(base64);
  const caller = shown && (await readToken(shown.token, front.authority));
  const admission: Admission = shown ? admit(caller, shown.user, protocol, front) : { kind: 'refused' };
  front.signIns.push({ protocol, user: shown?.user ?? '', admission: admission.kind });
  return admission;
}

/** A connection to the server behind, its greeting read. */
export async function connectBehind({ behind }: Front, protocol: Protocol): Promise<Lines> {
  const lines = new Lines(connect(behind[protocol], '127.0.0.1'));
  await lines.next();
  return lines;
}

/** As Exchange names its servers in greetings: in base64, nobody knows what for. */
export const serverName = Buffer.from('LAB1CA0001.LABP100.PROD.OUTLOOK.COM', 'utf16le').toString('base64');
