import type { Resource } from '../../resources/resource.ts';
import type { Command } from '../command.ts';
import { resourceCommands } from '../resource/commands.ts';
import { deliveriesList } from './deliveries/list.ts';
import { deliveriesReplay } from './deliveries/replay.ts';
import { destinationSwitchOn } from './destination/switch-on.ts';
import { discover } from './discover.ts';
import { doctor } from './doctor.ts';
import { messagesList } from './messages/list.ts';
import { messagesShow } from './messages/show.ts';
import { outgoingTest } from './outgoing/test.ts';
import { parse } from './parse.ts';
import { profileCertificate } from './profile/certificate.ts';
import { profileConnect } from './profile/connect.ts';
import { quarantineDismiss } from './quarantine/dismiss.ts';
import { quarantineList } from './quarantine/list.ts';
import { quarantineProcess } from './quarantine/process.ts';
import { reply } from './reply.ts';
import { serveCommand } from './serve.ts';
import { serverAccess } from './server/access.ts';
import { serverAudit } from './server/audit.ts';
import { serverPause } from './server/pause.ts';
import { serverResume } from './server/resume.ts';
import { serverSync } from './server/sync.ts';
import { setup } from './setup.ts';

/** What can be done with the records of one resource only, by its type. */
const ofResources: Record<string, Command[]> = {
  profile: [profileConnect, profileCertificate],
  server: [serverAccess, serverSync, serverAudit, serverPause, serverResume],
  destination: [destinationSwitchOn],
  'outgoing-server': [outgoingTest],
};

/** Every command there is, in the order of the help. */
export function commandsOf(resources: readonly Resource[]): Command[] {
  return [
    serveCommand,
    setup,
    discover,
    ...resourceCommands(resources, ofResources),
    doctor,
    messagesList,
    messagesShow,
    reply,
    deliveriesList,
    deliveriesReplay,
    quarantineList,
    quarantineProcess,
    quarantineDismiss,
    parse,
  ];
}
