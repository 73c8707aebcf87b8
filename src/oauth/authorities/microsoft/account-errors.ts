import type { Meaning } from './meaning.ts';

/** What is wrong with the account, its consent or the policies of its organisation. */
export const accountErrors: Meaning[] = [
  {
    codes: [50020, 500208, 50034, 50014, 51004, 16000, 16003, 90072],
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
    ofResource: true,
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
    codes: [50131, 50005, 50097, 53000, 53001, 53002, 53003, 53004, 53011, 530003, 530032, 530035],
    title: 'Conditional Access blocks the sign-in',
    cause: 'A policy on device, place or risk.',
    remedy:
      "An administrator excludes this account or this server's address from the policy; or use an app-only profile.",
    retry: 'no',
    ofResource: true,
  },
  {
    codes: [65001],
    title: 'Consent is missing',
    cause: 'Nobody has consented to the permission that is asked for.',
    remedy: 'Press Reconnect; or an administrator grants consent in Azure under API permissions.',
    retry: 'no',
    ofResource: true,
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
    codes: [530034, 500212, 500213, 500021],
    title: 'A tenant restriction blocks the sign-in',
    cause: 'Security defaults or tenant restrictions.',
    remedy: 'An administrator allows this app or account.',
    retry: 'no',
  },
];
