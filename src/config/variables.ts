/** Names the configuration file. */
export const fileVariable = 'LETTERBOX_CONFIG';
/** Gives the command line a client secret without showing it to other users of the machine. */
export const clientSecretVariable = 'LETTERBOX_CLIENT_SECRET';
