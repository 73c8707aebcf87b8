import type { ExchangeOrganisation } from '../exchange/organisation.ts';
import { Fault } from './answers.ts';
import type { Folder, Mailbox } from './mailbox.ts';
import { at, type RequestElement } from './request.ts';
import type { Caller } from './tokens.ts';

/** A refusal of one thing, as a response message. */
export class Denied extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** What a caller may reach in one request. */
export interface Reach {
  /** The mailbox that the request is made as. */
  self: string;
  /** Mailbox and folder by a FolderId or DistinguishedFolderId. Throws Denied. */
  folder(reference: RequestElement | undefined): { mailbox: Mailbox; folder: Folder };
  /** The mailbox that holds the item. Throws Denied. */
  mailboxOfItem(itemId: string): Mailbox;
}

/** Works out as whom the request is made. Throws the Fault of an impersonation that is not allowed. */
export function reachOf(
  caller: Caller,
  header: RequestElement | undefined,
  mailboxes: ReadonlyMap<string, Mailbox>,
  organisation: ExchangeOrganisation,
): Reach {
  const self =
    caller.person === null
      ? impersonated(header, mailboxes, caller.appId, organisation)
      : own(caller.person, header);

  const isOpen = ({ address }: Mailbox) => {
    const state = usable(address, organisation);
    return address === self ? state !== null : state?.fullAccess.has(self) === true;
  };
  const reachable = () => [...mailboxes.values()].filter(isOpen);

  function open(address: string): Mailbox {
    const mailbox = mailboxes.get(address.toLowerCase());
    if (!mailbox || !usable(mailbox.address, organisation)) throw new Denied('ErrorNonExistentMailbox');
    // Exchange does not say that there is something (ErrorFolderNotFound, in the EWS reference)
    if (!isOpen(mailbox)) throw new Denied('ErrorFolderNotFound');
    return mailbox;
  }

  return {
    self,
    folder(reference) {
      const id = reference?.attributes.Id ?? '';
      if (reference?.name === 'types:DistinguishedFolderId') {
        const mailbox = open(at(reference, 'Mailbox', 'EmailAddress')?.text ?? self);
        const folder = mailbox.folders.values().find(({ distinguished }) => distinguished === id);
        if (folder) return { mailbox, folder };
      } else {
        checkId(id);
        for (const mailbox of reachable()) {
          const folder = mailbox.folders.get(id);
          if (folder) return { mailbox, folder };
        }
      }
      throw new Denied('ErrorFolderNotFound');
    },
    mailboxOfItem(itemId) {
      checkId(itemId);
      const mailbox = reachable().find((one) => one.find(itemId));
      if (!mailbox) throw new Denied('ErrorItemNotFound');
      return mailbox;
    },
  };
}

function checkId(id: string): void {
  if (id === '') throw new Denied('ErrorInvalidIdEmpty');
  if (!/^[A-Za-z0-9+/]{40,}={0,2}$/.test(id)) throw new Denied('ErrorInvalidIdMalformed');
}

/** What is set of a mailbox that is there; null where there is none to be opened. */
function usable(address: string, organisation: ExchangeOrganisation) {
  const state = organisation.find(address);
  return state?.licensed && state.place === 'here' ? state : null;
}

/** Whether EWS is switched off for whoever asks: for all, for an app that is not on the list, or for the mailbox. */
export function isSwitchedOff({ appId }: Caller, self: string, { ews, find }: ExchangeOrganisation): boolean {
  if (!ews.enabled || ews.allowedApps?.has(appId) === false) return true;
  return find(self)?.ewsEnabled === false;
}

/** Whom an application names, where it may. */
function impersonated(
  header: RequestElement | undefined,
  mailboxes: ReadonlyMap<string, Mailbox>,
  appId: string,
  organisation: ExchangeOrganisation,
): string {
  const connecting = at(header, 'ExchangeImpersonation', 'ConnectingSID')?.children[0];
  if (!connecting?.text) throw new Fault('ErrorInvalidExchangeImpersonationHeaderData');
  const address = connecting.text.toLowerCase();
  if (!mailboxes.has(address) || !usable(address, organisation)) throw new Fault('ErrorNonExistentMailbox');
  if (organisation.restrictionOf(appId, address)) throw new Fault('ErrorImpersonateUserDenied');
  return address;
}

function own(person: string, header: RequestElement | undefined): string {
  if (at(header, 'ExchangeImpersonation')) throw new Fault('ErrorImpersonateUserDenied');
  return person;
}
