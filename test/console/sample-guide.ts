import type { Guide } from '../../src/resources/guide.ts';
import type { StandingStep } from '../../src/setup/guide/index.ts';
import { ago } from './sample-time.ts';

export const sampleGuide: Guide = {
  id: 'gde_support',
  name: 'Support',
  address: 'support@contoso.example',
  provider: 'microsoft',
  protocol: 'imap',
  grant: 'authorization_code',
  shared: false,
  profileId: null,
  serverId: null,
  version: 1,
  createdAt: ago(60),
  updatedAt: ago(60),
};

export const firstGuideStep: StandingStep = {
  name: 'prerequisites',
  title: 'Before you begin',
  state: 'wrong',
  detail: '1 of 3 hosts cannot be reached',
  instructions: [
    { kind: 'text', text: 'Letterbox must reach these hosts:' },
    { kind: 'commands', commands: ['login.microsoftonline.com:443', 'outlook.office365.com:993'] },
  ],
};

export const sampleGuideSteps: StandingStep[] = [
  firstGuideStep,
  {
    name: 'registration',
    title: 'App registrations > New registration',
    state: 'unseen',
    detail: 'The authority does not say whether it knows app and redirect URI',
    instructions: [
      { kind: 'path', path: ['entra.microsoft.com', 'App registrations', 'New registration'] },
      {
        kind: 'value',
        label: 'Redirect URI',
        value: 'https://a-rather-long-name-of-a-server.mail.contoso.example:8443/oauth/callback',
      },
    ],
  },
  {
    name: 'credentials',
    title: 'Overview, and Certificates & secrets',
    state: 'not-yet',
    detail: 'Client ID, tenant ID and secret are to be entered',
    instructions: [{ kind: 'text', text: 'Copy the Application (client) ID.' }],
  },
  {
    name: 'connect',
    title: 'Connect',
    state: 'done',
    detail: 'Connected as support@contoso.example',
    instructions: [{ kind: 'page', href: '/profiles/prf_support/connect', label: 'Connect' }],
  },
];
