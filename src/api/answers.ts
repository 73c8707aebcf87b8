import { z } from 'zod';
import type { Administration, DeviceSignIn } from '../administration/administration.ts';
import { type CheckResult, checkOutcomes } from '../doctor/check.ts';
import type { Diagnosis } from '../doctor/diagnosis.ts';
import { type DeliveryAttempt, type DeliveryJson, deliveryStates } from '../model/delivery.ts';
import type { Cause } from '../model/entry.ts';
import {
  type MailboxAudit,
  type MailboxFigures,
  type MailServerState,
  mailServerConditions,
  type RestrictionProof,
} from '../model/mail-server.ts';
import type { Quarantined } from '../model/message.ts';
import type { Notice } from '../model/notice.ts';
import type { OutgoingMail } from '../model/outgoing.ts';
import { type ProblemJson, type ProblemKind, problemKinds } from '../model/problem.ts';
import type { DestinationConfig } from '../resources/destination.ts';
import type { SetupStep } from '../setup/exchange-access.ts';
import type { Page } from '../store/page.ts';
import type { ConsentOutcome, MessageSummary } from '../store/store.ts';

/**
 * What the API answers, for its description; records are described by their fields (`resource-schemas.ts`), a message
 * by the schema of its own. The compiler holds each against the type that is answered.
 */
const instant = z.iso.datetime();
const count = z.int().min(0);

export const problemSchema = z
  .object({
    code: z.string().describe('Stable; names the case'),
    kind: z
      .enum(Object.keys(problemKinds) as [ProblemKind, ...ProblemKind[]])
      .describe('Stable; programs go by it'),
    title: z.string(),
    detail: z.string().exactOptional(),
    cause: z.string().exactOptional(),
    remedy: z.string(),
    retry: z.string().describe('"no", "later", or the instant before which trying again is no use'),
    fields: z
      .array(
        z.object({
          field: z.string(),
          expected: z.string(),
          given: z.string().exactOptional(),
          where: z.string().exactOptional(),
        }),
      )
      .exactOptional(),
  })
  .meta({ id: 'Problem' }) satisfies z.ZodType<ProblemJson>;

/** The answer to what is refused. */
export const problemDocument = problemSchema
  .extend({ type: z.string(), status: z.int() })
  .meta({ id: 'ProblemDocument', description: 'A problem document (RFC 9457)' });

const shownOnce = z.object({
  signingSecret: z.string().nullable().describe('Shown this once; null where the kind signs nothing'),
}) satisfies z.ZodType<
  Omit<Awaited<ReturnType<Administration['destinations']['create']>>, keyof DestinationConfig>
>;

/** What an answer has beside the fields of the record, by the resource's type: when it is read, or was just made. */
export const besideRecord: Record<string, Partial<Record<'read' | 'created', z.ZodRawShape>>> = {
  destination: { created: shownOnce.shape },
  server: {
    read: {
      state: z
        .object({
          serverId: z.string(),
          condition: z.enum(mailServerConditions),
          problem: problemSchema.nullable(),
          since: instant,
          lastContactAt: instant.nullable(),
          lastMessageAt: instant.nullable(),
          retryAt: instant.nullable(),
        })
        .meta({ id: 'ServerState' }) satisfies z.ZodType<MailServerState>,
    },
  },
};

export const noticeSchema = z
  .object({
    key: z.string().describe('The same as long as it is the same matter'),
    severity: z.enum(['error', 'warning']),
    title: z.string(),
    detail: z.string(),
    remedy: z.string(),
    link: z.string().describe('Page of the console where it is mended'),
  })
  .meta({ id: 'Notice' }) satisfies z.ZodType<Notice>;

export const deliveryCounts = z.object({ pending: count, delivered: count, dead: count });

export const unreadableSchema = z
  .object({
    path: z.string().describe('Of its resource, below /api/'),
    id: z.string(),
    name: z.string(),
    problem: problemSchema,
  })
  .meta({ id: 'Unreadable' });

export const messageSummary = z
  .object({
    id: z.string(),
    serverId: z.string(),
    threadId: z.string(),
    folder: z.string(),
    subject: z.string(),
    from: z.string(),
    receivedAt: instant,
    storedAt: instant,
    size: count,
    attachments: count,
    defects: count,
  })
  .meta({ id: 'MessageSummary' }) satisfies z.ZodType<MessageSummary>;

export const deliverySchema = z
  .object({
    id: z.string().describe('To a webhook the `webhook-id`'),
    sequence: z.int(),
    itemKind: z.enum(['message', 'mail', 'notification']),
    messageId: z.string().describe('Of the message, mail or notification'),
    targetKind: z.enum(['destination', 'outgoing-server']),
    destinationId: z.string().describe('Of the destination or outgoing server'),
    threadId: z.string(),
    state: z.enum(deliveryStates),
    attempts: count,
    nextAttemptAt: instant,
    lastAttemptAt: instant.nullable(),
    deliveredAt: instant.nullable(),
    problem: problemSchema.nullable(),
    createdAt: instant,
    replayId: z
      .string()
      .nullable()
      .describe('Under which it is sent since a person asked for it again; null until then'),
  })
  .meta({ id: 'Delivery' }) satisfies z.ZodType<DeliveryJson>;

const attempt = z
  .object({
    at: instant,
    took: count.describe('Milliseconds'),
    answer: z
      .object({ status: z.int(), headers: z.string(), body: z.string() })
      .nullable()
      .describe('The first 2 kB of header and body each; null where no answer came'),
    problem: z.string().nullable().describe('Code of the problem; null for a yes'),
  })
  .meta({ id: 'DeliveryAttempt' }) satisfies z.ZodType<DeliveryAttempt>;

/** One delivery by itself, with what was answered at its latest attempts. */
export const deliveryWithHistory = deliverySchema.extend({
  history: z.array(attempt).describe('The last one first'),
});

export const outgoingMail = z
  .object({
    id: z.string(),
    serverId: z.string(),
    sender: z.string().describe('Of the envelope; empty for automatic mail'),
    recipients: z.array(
      z.object({
        address: z.string(),
        state: z.enum(['waiting', 'accepted', 'rejected']),
        problem: problemSchema.nullable(),
      }),
    ),
    messageId: z.string().describe('The Message-ID field, without angle brackets'),
    subject: z.string(),
    inReplyTo: z.string().nullable().describe('The message that it answers'),
    threadId: z.string(),
    size: count,
    createdAt: instant,
  })
  .meta({ id: 'OutgoingMail' }) satisfies z.ZodType<OutgoingMail>;

export const quarantinedSchema = z
  .object({
    id: z.string(),
    serverId: z.string(),
    position: z.object({ folder: z.string(), validity: z.string(), uid: z.string() }),
    receivedAt: instant.nullable(),
    messageId: z.string().nullable().describe('Set where its bytes are stored'),
    problem: problemSchema,
    quarantinedAt: instant,
    state: z
      .enum(['waiting', 'quarantined'])
      .describe('"waiting": its server has not given it yet, and is soon asked again'),
    looks: count.describe('How often its server was asked for it again in vain'),
    nextLookAt: instant.nullable().describe('When its server is asked next; null where that cannot help'),
  })
  .meta({ id: 'Quarantined' }) satisfies z.ZodType<Quarantined>;

/** The first of the lines of what takes its time. */
export const begunSchema = z.object({ server: z.string(), condition: z.literal('synchronising') });

export const figuresSchema = z
  .object({
    stored: count.describe('Messages stored from the mailbox'),
    waiting: count.describe('Not given by its server yet'),
    quarantined: count,
    delivered: count.describe('Deliveries of its messages'),
    pending: count,
    dead: count,
    audit: z
      .object({
        auditedAt: instant,
        inMailbox: count.describe('Messages that the folders list, since the start'),
        missing: count.describe('Of these, those that were missing here and were asked for'),
      })
      .nullable()
      .describe('What was found when all that the mailbox lists was compared last; null before that'),
  })
  .meta({ id: 'MailboxFigures' }) satisfies z.ZodType<MailboxFigures & { audit: MailboxAudit | null }>;

const consentOutcome = z
  .union([
    z.object({ kind: z.literal('connected') }),
    z.object({ kind: z.literal('refused'), problem: problemSchema }),
  ])
  .meta({ id: 'ConsentOutcome' }) satisfies z.ZodType<ConsentOutcome>;

export const consentState = z.object({ createdAt: instant, outcome: consentOutcome.nullable() });

export const deviceSignIn = z
  .object({
    userCode: z.string(),
    verificationUri: z.string(),
    createdAt: instant,
    expiresAt: instant,
    outcome: consentOutcome.nullable(),
  })
  .meta({ id: 'DeviceSignIn' }) satisfies z.ZodType<DeviceSignIn>;

export const restrictionProof = z
  .object({
    mailbox: z.string(),
    outcome: z.enum(['refused', 'open', 'unclear']),
    detail: z.string(),
    checkedAt: instant,
  })
  .meta({ id: 'RestrictionProof' }) satisfies z.ZodType<RestrictionProof>;

export const setupStep = z.object({
  title: z.string(),
  why: z.string(),
  commands: z.array(z.string()),
}) satisfies z.ZodType<SetupStep>;

/** As a step is written to JSON: its problem too. */
export const checkResult = z
  .object({
    check: z.string(),
    title: z.string(),
    outcome: z.enum(checkOutcomes),
    detail: z.string(),
    evidence: z.array(z.object({ label: z.string(), value: z.string() })).readonly(),
    problem: problemSchema.nullable(),
    waitsFor: z.array(z.string()).readonly().describe('The checks that kept this one from being judged'),
    tookMs: z.int(),
  })
  .meta({ id: 'CheckResult' }) satisfies z.ZodType<Omit<CheckResult, 'problem'>>;

/** A reason that an entry has, with the values of a case. */
const cause = z.object({
  name: z.string(),
  why: z.string(),
  remedy: z.string(),
  decide: z.string().exactOptional().describe('What tells whether it is the one'),
}) satisfies z.ZodType<Cause>;

/** As it is written to JSON. */
export const diagnosis = z
  .object({
    problem: problemSchema.nullable().describe('The verdict; null when everything is in order'),
    cause: z.string().nullable(),
    certainty: z.enum(['shown', 'likely']),
    possible: z
      .array(cause)
      .readonly()
      .describe('What cannot be told apart from outside, the likeliest first'),
    also: z.array(problemSchema).describe('What else is to be mended'),
  })
  .meta({ id: 'Diagnosis' }) satisfies z.ZodType<Omit<Diagnosis, 'problem' | 'also'>>;

export function pageOf<T>(item: z.ZodType<T>): z.ZodType<Page<T>> {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().describe('What `before` asks the page after this one by; null at the end'),
  });
}
