import type { Command } from '../command.ts';
import { deliveriesList } from './deliveries/list.ts';
import { deliveriesReplay } from './deliveries/replay.ts';
import { destinationAdd } from './destination/add.ts';
import { destinationList } from './destination/list.ts';
import { destinationRemove } from './destination/remove.ts';
import { messagesList } from './messages/list.ts';
import { messagesShow } from './messages/show.ts';
import { notificationsSet } from './notifications/set.ts';
import { notificationsShow } from './notifications/show.ts';
import { outgoingAdd } from './outgoing/add.ts';
import { outgoingList } from './outgoing/list.ts';
import { outgoingRemove } from './outgoing/remove.ts';
import { outgoingTest } from './outgoing/test.ts';
import { profileAdd } from './profile/add.ts';
import { profileCertificate } from './profile/certificate.ts';
import { profileConnect } from './profile/connect.ts';
import { profileList } from './profile/list.ts';
import { profileRemove } from './profile/remove.ts';
import { profileShow } from './profile/show.ts';
import { quarantineDismiss } from './quarantine/dismiss.ts';
import { quarantineList } from './quarantine/list.ts';
import { quarantineProcess } from './quarantine/process.ts';
import { reply } from './reply.ts';
import { serveCommand } from './serve.ts';
import { serverAccess } from './server/access.ts';
import { serverAdd } from './server/add.ts';
import { serverList } from './server/list.ts';
import { serverPause } from './server/pause.ts';
import { serverRemove } from './server/remove.ts';
import { serverResume } from './server/resume.ts';
import { serverSync } from './server/sync.ts';
import { serverTest } from './server/test.ts';

/** Every command there is, in the order of the help. */
export const commands: Command[] = [
  serveCommand,
  profileAdd,
  profileList,
  profileShow,
  profileConnect,
  profileCertificate,
  profileRemove,
  serverAdd,
  serverList,
  serverTest,
  serverAccess,
  serverSync,
  serverPause,
  serverResume,
  serverRemove,
  destinationAdd,
  destinationList,
  destinationRemove,
  outgoingAdd,
  outgoingList,
  outgoingTest,
  outgoingRemove,
  messagesList,
  messagesShow,
  reply,
  deliveriesList,
  deliveriesReplay,
  quarantineList,
  quarantineProcess,
  quarantineDismiss,
  notificationsShow,
  notificationsSet,
];
