import type { ChangeKind } from '../change.ts';

/** The mailbox, read from now on. */
export const server: ChangeKind = {
  name: 'server',
  here: true,

  plan({ setup }, _present, { server: present, protocols }) {
    const { mailbox, uses } = setup;
    const protocol = uses.find((use) => protocols.includes(use));
    if (present || mailbox === null || protocol === undefined) return [];
    const detail = 'An incoming email server in Letterbox, which reads it from now on';
    return [{ kind: 'server', of: '', title: `Mailbox ${mailbox}`, detail, what: { protocol } }];
  },

  async make({ what: { protocol } }, { setup, letterbox: { servers } }) {
    const { mailbox, mailHost, mailPort, profileId, serverId } = setup;
    if (await servers.find(serverId)) return;
    const input = {
      name: mailbox,
      address: mailbox,
      protocol,
      profileId,
      ...(mailHost !== null && { host: mailHost }),
      ...(mailPort !== null && { port: mailPort }),
    };
    await servers.create(input, serverId);
  },

  async undo(_made, { setup, letterbox: { servers } }) {
    if (!(await servers.find(setup.serverId))) return false;
    // The messages were not made by the set-up
    await servers.remove(setup.serverId, { keepMessages: true });
    return true;
  },
};
