import { mkdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LabCertificates } from '../certificates.ts';
import { createExchangeOrganisation, type ExchangeOrganisation } from '../exchange/organisation.ts';
import { type Network, startHttps } from '../https.ts';
import { answer, type EwsRequest } from './answer.ts';
import { createFaults, type Faults } from './faults.ts';
import { Mailbox } from './mailbox.ts';
import { Subscriptions } from './subscriptions.ts';

export interface LabEws {
  host: 'localhost';
  port: number;
  url: string;
  network: Network;
  /** Who may open what, beside what tokens say. */
  organisation: ExchangeOrganisation;
  /** A mailbox by its address; made when it is not there yet. */
  mailbox(address: string): Mailbox;
  /** A person gets full access to a mailbox that is another's. */
  giveFullAccess(person: string, mailbox: string): void;
  /** An application may open these mailboxes and no other (application access policy). */
  restrict(appId: string, mailboxes: string[]): void;
  requests: EwsRequest[];
  faults: Faults;
  /** Every sync state given so far is worth nothing. */
  loseSyncStates(): void;
  /** Subscriptions and answers that are open for them. */
  subscriptions: { count(): number; streaming(): number; drop(): void; forget(): void };
  stop(): Promise<void>;
}

/**
 * Stands in for Exchange Web Services, as no Exchange Server can be had here: SOAP 1.1 over HTTPS at
 * `/EWS/Exchange.asmx`, written from Microsoft's EWS reference and its articles (names in the files). It verifies
 * bearer tokens with the authority's keys, refuses requests that are not as Microsoft's schema has them, keeps real
 * MIME, and is held honest by two foreign clients, `ews-javascript-api` and `exchangelib`, in `test/lab/`.
 *
 * Covered: SyncFolderItems (newest first, in parts, with states that can be lost), SyncFolderHierarchy (the first time),
 * GetFolder, FindFolder, FindItem without restrictions, GetItem with MIME, UpdateItem of IsRead, MoveItem (ids change),
 * DeleteItem, Subscribe and GetStreamingEvents, Unsubscribe, ExchangeImpersonation, DistinguishedFolderId with Mailbox,
 * X-AnchorMailbox (noted), affinity by cookie, throttling, refusals as faults and as response messages, 401, 403.
 * Not covered: CreateItem and all sending, attachments, calendars, push and pull notifications,
 * autodiscover, archive mailboxes, public folders, recoverable items, Basic and NTLM.
 */
export async function startEws({
  certificates,
  authority,
  folder,
  audiences = ['https://outlook.office365.com'],
  organisation = createExchangeOrganisation(),
}: {
  certificates: LabCertificates;
  authority: { keysFolder: string; issuer: string };
  /** Where large messages are kept. */
  folder: string;
  /** Whom tokens must be for. */
  audiences?: string[];
  organisation?: ExchangeOrganisation;
}): Promise<LabEws> {
  mkdirSync(folder, { recursive: true });
  const { server, port, origin, network, stop } = await startHttps(certificates);
  const mailboxes = new Map<string, Mailbox>();
  const faults = createFaults();
  const subscriptions = new Subscriptions(faults);
  const requests: EwsRequest[] = [];
  const state = { epoch: 1 };

  const tokens = { ...authority, audiences };
  const exchange = { tokens, mailboxes, organisation, faults, subscriptions, requests, state };
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response, exchange).catch(() => response.destroy());
  });

  return {
    host: 'localhost',
    port,
    url: `${origin}/EWS/Exchange.asmx`,
    network,
    organisation,
    mailbox(name) {
      const key = name.toLowerCase();
      const known = mailboxes.get(key) ?? new Mailbox(key, folder);
      mailboxes.set(key, known);
      // There, as soon as somebody asks for it
      organisation.mailbox(key);
      return known;
    },
    ...permissionsOf(organisation),
    requests,
    faults,
    loseSyncStates() {
      state.epoch++;
    },
    subscriptions,
    async stop() {
      subscriptions.forget();
      await stop();
    },
  };
}

/** Who may open mailboxes besides their owners, and which applications may not open all. */
function permissionsOf(organisation: ExchangeOrganisation): Pick<LabEws, 'giveFullAccess' | 'restrict'> {
  return {
    giveFullAccess: (person, mailbox) =>
      void organisation.mailbox(mailbox).fullAccess.add(person.toLowerCase()),
    restrict: (appId, only) =>
      void organisation.accessPolicies.set(appId, new Set(only.map((name) => name.toLowerCase()))),
  };
}
