import { z } from 'zod';
import type {
  AzureChange,
  AzureProgress,
  AzureScript,
  AzureSetupWithProgress,
} from '../administration/administration.ts';
import type { AzureSetup } from '../setup/azure/setup.ts';
import { deviceSignIn, problemSchema } from './answers.ts';

/** What is answered of set-ups in Azure, for the description of the API. */

/** Beside what is wanted and what was made. */
export const azureSetupBeside = z.object({
  signIn: deviceSignIn.nullable().describe('The code to be entered at Microsoft, and what became of it'),
  administrator: z
    .object({ account: z.string(), tenant: z.string(), until: z.iso.datetime() })
    .nullable()
    .describe('Who has signed in, and until when'),
  underWay: z.enum(['making', 'undoing']).nullable(),
  problem: problemSchema.nullable().describe('Why what was under way last ended before its end'),
}) satisfies z.ZodType<Omit<AzureSetupWithProgress, keyof AzureSetup>>;

export const azureChange = z
  .object({ kind: z.string(), title: z.string(), detail: z.string() })
  .meta({ id: 'AzureChange' }) satisfies z.ZodType<AzureChange>;

export const azureProgress = z
  .object({
    title: z.string(),
    detail: z.string(),
    state: z.enum(['making', 'waiting', 'made', 'taking', 'taken']),
    waitingFor: z.string().nullable().describe('Why it is waited'),
  })
  .meta({ id: 'AzureProgress' }) satisfies z.ZodType<AzureProgress>;

export const azureScript = z
  .object({
    name: z.string(),
    title: z.string(),
    fileName: z.string(),
    usage: z.string(),
    text: z.string(),
  })
  .meta({ id: 'AzureScript' }) satisfies z.ZodType<AzureScript>;
