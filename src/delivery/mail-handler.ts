import { untilDone } from '../concurrency/retry.ts';
import type { Delivery, Outcome } from '../model/delivery.ts';
import type { OutgoingMail, Recipient, RecipientAnswer } from '../model/outgoing.ts';
import { Problem } from '../model/problem.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import { type DeliveryHandler, itemGone } from './handler.ts';
import { outcomeOf } from './outcome.ts';
import type { Sender } from './sender.ts';

/**
 * Hands mails of the outbox to their outgoing server. What each recipient's server said is written down before the
 * delivery is settled, so that who has the mail does not get it again because others still wait for it. A crash
 * between the server's yes and that writing sends the same bytes again, under the same Message-ID.
 */
export function mailHandler({
  sender,
  store: { outbox },
  log,
}: {
  sender: Sender;
  store: Store;
  log: Log;
}): DeliveryHandler {
  /** Through trouble of the store (a full disk): what is not written down is sent again. */
  function writeDown(id: string, recipients: Recipient[], signal: AbortSignal): Promise<void> {
    return untilDone(
      () => outbox.answered(id, recipients),
      signal,
      (error) => log.error({ mail: id, err: error }, 'answers of recipients wait to be written down'),
    );
  }

  return {
    concurrency: sender.concurrency,
    async attempt(delivery, signal) {
      const mail = await outbox.get(delivery.item.id);
      if (!mail) throw itemGone(delivery.item.kind);
      const to = addressees(mail, delivery).map(({ address }) => address);
      const sent = await sender.send(
        { envelope: { from: mail.sender, to }, size: mail.size, raw: () => outbox.raw(mail.id) },
        signal,
      );
      if (sent.kind === 'failed') return { outcome: sent.outcome, reached: true };
      await writeDown(mail.id, after(mail.recipients, sent.answers), signal);
      const outcome = outcomeOf(sent);
      // One recipient that does not take mail just now tells nothing of the server that said so.
      return { outcome: withFormer(outcome, mail, sent.answers), reached: outcome.kind !== 'retry' };
    },
  };
}

/**
 * Who still gets it: those who wait. At a first attempt, which is also that of a replay, whoever has not accepted it;
 * and everyone where all have, as then a person wants it sent again.
 */
function addressees({ recipients }: OutgoingMail, { attempts }: Delivery): Recipient[] {
  const open = recipients.filter(({ state }) =>
    attempts === 0 ? state !== 'accepted' : state === 'waiting',
  );
  return open.length > 0 ? open : recipients;
}

function after(recipients: Recipient[], answers: RecipientAnswer[]): Recipient[] {
  const said = new Map(answers.map(({ address, outcome }) => [address, outcome]));
  return recipients.map((recipient): Recipient => {
    const outcome = said.get(recipient.address);
    if (!outcome) return recipient;
    if (outcome.kind === 'accepted') return { ...recipient, state: 'accepted', problem: null };
    const state = outcome.kind === 'rejected' ? 'rejected' : 'waiting';
    return { ...recipient, state, problem: outcome.problem.toJSON() };
  });
}

/** A mail that now has everyone's yes is no success while one said no before. */
function withFormer(outcome: Outcome, { recipients }: OutgoingMail, answers: RecipientAnswer[]): Outcome {
  if (outcome.kind !== 'accepted') return outcome;
  const asked = new Set(answers.map(({ address }) => address));
  const refused = recipients.find(({ address, state }) => state === 'rejected' && !asked.has(address));
  return refused?.problem ? { kind: 'rejected', problem: Problem.fromJSON(refused.problem) } : outcome;
}
