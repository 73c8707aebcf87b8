import { Problem } from '../../model/problem.ts';
import type { Refusal } from '../refusal.ts';
import { quote } from '../standard-errors.ts';

/** One meaning of Entra's error codes, as a person must be told it. */
interface Meaning {
  codes: number[];
  title: string;
  cause?: string;
  remedy: string;
  retry: 'no' | 'later';
}

/** Entra's codes that mail intake meets (Microsoft: Microsoft Entra authentication and authorization error codes). */
const meanings: Meaning[] = [
  {
    codes: [7000215],
    title: 'The client secret is wrong',
    cause: 'Usually the Secret ID was pasted instead of the Value.',
    remedy:
      'In Azure open App registrations > your app > Certificates & secrets and paste the Value (about 40 characters). If it is no longer shown, make a new client secret.',
    retry: 'no',
  },
  {
    codes: [7000222],
    title: 'The client secret has expired',
    cause: 'Client secrets end on the date chosen when they were made.',
    remedy:
      'In Azure open App registrations > your app > Certificates & secrets, make a new client secret, and enter its Value and expiry with Replace secret.',
    retry: 'no',
  },
  {
    codes: [700027, 700024],
    title: 'The client certificate was not accepted',
    cause: "It was not uploaded for this app, or this machine's clock is off.",
    remedy: 'Upload the public certificate to the app in Azure, and check the clock of this machine.',
    retry: 'no',
  },
  {
    codes: [700016, 700038],
    title: 'The app is not known in this tenant',
    cause: 'The client ID or the tenant is wrong, or the app was never consented to there.',
    remedy: "Compare client ID and tenant ID with the app's Overview page in Azure.",
    retry: 'no',
  },
  {
    codes: [7000112, 7000113],
    title: 'The app is disabled',
    cause: 'An administrator has switched the enterprise application off.',
    remedy: 'In Azure open Enterprise applications > your app > Properties and enable sign-in.',
    retry: 'no',
  },
  {
    codes: [7000218],
    title: 'The app needs a client secret',
    cause: 'It is registered as confidential, and the request had no secret.',
    remedy: 'Enter the client secret in the profile.',
    retry: 'no',
  },
  {
    codes: [90002, 90023, 900023, 50128, 50059],
    title: 'The tenant was not found',
    cause: 'The tenant ID or domain is wrong, or it is in another cloud.',
    remedy: "Copy the Directory (tenant) ID from the app's Overview page in Azure.",
    retry: 'no',
  },
  {
    codes: [50194],
    title: 'The app is for one tenant only',
    cause: 'It was asked for through a tenant that stands for many (common).',
    remedy: "Enter the app's own tenant ID in the profile.",
    retry: 'no',
  },
  {
    codes: [50011, 500113],
    title: 'The redirect URI is not registered',
    cause: 'Azure compares it exactly, letter for letter.',
    remedy:
      "In Azure open App registrations > your app > Authentication and add the profile's redirect URI, platform Web.",
    retry: 'no',
  },
  {
    codes: [50020, 500208, 50034, 16000, 16003, 90072],
    title: 'This account is not in that tenant',
    cause: 'A personal or a foreign account was used.',
    remedy: "Sign in with the mailbox's own account, or use the tenant that it belongs to.",
    retry: 'no',
  },
  {
    codes: [50053],
    title: 'The account is locked',
    cause: 'Too many sign-ins failed, or the address they came from is blocked.',
    remedy: 'Wait, and look at the sign-in logs in Entra ID.',
    retry: 'later',
  },
  {
    codes: [50055, 50056, 50126, 50144],
    title: "The account's password is wrong or has expired",
    cause: 'The person must renew it.',
    remedy: 'Let the person reset the password, then press Reconnect.',
    retry: 'no',
  },
  {
    codes: [50057],
    title: 'The account is disabled',
    cause: 'Shared mailboxes have disabled accounts by design.',
    remedy: 'For a shared mailbox consent with a person who has access to it, or use an app-only profile.',
    retry: 'no',
  },
  {
    codes: [50058, 50072, 50074, 50076, 50078, 50079, 50158],
    title: 'The account must be confirmed by a person',
    cause: 'Multi-factor authentication asks for it.',
    remedy: 'Press Reconnect and complete the sign-in; or use an app-only profile.',
    retry: 'no',
  },
  {
    codes: [50089, 70000, 70008, 54005],
    title: 'The authorization has run out',
    cause: 'The code or grant has expired or was used before.',
    remedy: 'Press Reconnect on the profile.',
    retry: 'no',
  },
  {
    codes: [700082, 70043],
    title: 'The consent has expired',
    cause: 'It was not used for too long, or a sign-in frequency policy ended it.',
    remedy: 'Press Reconnect on the profile.',
    retry: 'no',
  },
  {
    codes: [50173, 50132, 50133],
    title: 'The consent was revoked',
    cause: 'The password was changed or an administrator revoked the sessions.',
    remedy: 'Press Reconnect on the profile.',
    retry: 'no',
  },
  {
    codes: [700084],
    title: 'The consent has expired',
    cause: 'The redirect URI is registered as Single-page application, whose consents last 24 hours.',
    remedy: 'Register the redirect URI under platform Web, then press Reconnect.',
    retry: 'no',
  },
  {
    codes: [50105],
    title: 'The person is not assigned to the app',
    cause: 'The enterprise application requires an assignment.',
    remedy:
      'In Azure open Enterprise applications > your app > Users and groups and assign the person, or switch the requirement off.',
    retry: 'no',
  },
  {
    codes: [50131, 53000, 53001, 53003, 530003, 530035],
    title: 'Conditional Access blocks the sign-in',
    cause: 'A policy on device, place or risk.',
    remedy:
      "An administrator excludes this account or this server's address from the policy; or use an app-only profile.",
    retry: 'no',
  },
  {
    codes: [65001],
    title: 'Consent is missing',
    cause: 'Nobody has consented to the permission that is asked for.',
    remedy: 'Press Reconnect; or an administrator grants consent in Azure under API permissions.',
    retry: 'no',
  },
  {
    codes: [65004],
    title: 'The consent was declined',
    cause: 'Cancel was pressed on the consent page.',
    remedy: 'Press Connect again and accept.',
    retry: 'no',
  },
  {
    codes: [90094, 90095],
    title: 'An administrator must consent',
    cause: 'This tenant does not let its people consent to this permission.',
    remedy:
      'An administrator opens App registrations > your app > API permissions and presses Grant admin consent.',
    retry: 'no',
  },
  {
    codes: [650051, 650052, 650056, 650057],
    title: 'The permission is missing',
    cause: 'The app does not have the API permission, or its service principal is missing in the tenant.',
    remedy: 'In Azure add the permission to the app (for IMAP: IMAP.AccessAsUser.All) and consent again.',
    retry: 'no',
  },
  {
    codes: [500011, 500014, 50001],
    title: 'Exchange Online is not there',
    cause: 'The tenant has no Exchange Online, or the scope names a wrong resource.',
    remedy: "Check the scopes of the profile and the tenant's licences.",
    retry: 'no',
  },
  {
    codes: [70011, 28002, 1002012],
    title: 'The scope is not valid',
    cause: "It does not fit the grant type: app-only takes the resource's .default alone.",
    remedy: 'Clear the scopes of the profile to use the right ones.',
    retry: 'no',
  },
  {
    codes: [70003],
    title: 'The grant type is not supported',
    cause: 'The app is not set up for it.',
    remedy: 'Check grant type and supported account types of the app.',
    retry: 'no',
  },
  {
    codes: [50147, 501481, 501491],
    title: 'The proof key was not accepted',
    cause: 'Something on the way changed the request, perhaps a proxy.',
    remedy: 'Try again without the proxy; if it stays, report it.',
    retry: 'no',
  },
  {
    codes: [50196],
    title: 'The same request came too often',
    cause: 'Entra ID saw a loop.',
    remedy: 'Nothing: Letterbox waits and tries again.',
    retry: 'later',
  },
  {
    codes: [50033, 50087, 50088, 90033, 90006, 50168],
    title: 'Entra ID has a passing fault',
    remedy: 'Nothing: Letterbox tries again.',
    retry: 'later',
  },
  {
    codes: [900144, 90014, 9002313, 900971],
    title: 'The request was not understood',
    cause: 'A field is missing: perhaps the URL of another endpoint version was entered.',
    remedy: 'Check the authorization and token URLs: they must contain /oauth2/v2.0/.',
    retry: 'no',
  },
  {
    codes: [530034, 500212, 500213, 500021],
    title: 'A tenant restriction blocks the sign-in',
    cause: 'Security defaults or tenant restrictions.',
    remedy: 'An administrator allows this app or account.',
    retry: 'no',
  },
];

const byCode = new Map(meanings.flatMap((meaning) => meaning.codes.map((code) => [code, meaning] as const)));

/** Explains by `error_codes`, which are stable; by the text, which is not, only where a redirect gave nothing else. */
export function explainMicrosoft({ error, description, codes }: Refusal): Problem | null {
  const given =
    codes.length > 0 ? codes : [...description.matchAll(/AADSTS(\d+)/g)].map(([, code]) => Number(code));
  const code = given.find((candidate) => byCode.has(candidate)) ?? given[0];
  if (code === undefined) return null;
  const { codes: _, ...words } = byCode.get(code) ?? unknownCode(code, error, description);
  return new Problem({ code: `oauth.AADSTS${code}`, detail: `AADSTS${code}`, ...words });
}

/** In Entra's own words, without the ids that follow them. */
function unknownCode(code: number, error: string, description: string) {
  const [said = ''] = description.replace(/^AADSTS\d+:\s*/, '').split(/\s*Trace ID:/);
  return {
    codes: [code],
    title: 'Entra ID refused the request',
    detail: `AADSTS${code} (${quote(error)})${said && `: ${quote(said)}`}`,
    remedy: `Look the code up at https://login.microsoftonline.com/error?code=${code}.`,
    retry: 'no' as const,
  };
}
