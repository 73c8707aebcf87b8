import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readCorpus } from './corpus.ts';
import { knownDifferences, mailsWithDifferences, type Peer } from './differences.ts';
import { type ReadingField, readByLetterbox, readByMailparser, readByPostalMime } from './readings.ts';

const peers = { mailparser: readByMailparser, 'postal-mime': readByPostalMime };

describe('the corpus is read as mailparser and postal-mime read it, but for the differences listed with a reason', () => {
  const mails = readCorpus();

  for (const mail of mails)
    test(mail.name, async () => {
      const ours = await readByLetterbox(mail.bytes);
      for (const peer of Object.keys(peers) as Peer[]) {
        const theirs = await peers[peer](mail.bytes);
        const listed = knownDifferences(mail.name, peer);
        for (const field of Object.keys(ours) as ReadingField[])
          if (listed.has(field))
            assert.notEqual(ours[field], theirs[field], `${peer}: ${field} agrees again`);
          else assert.equal(ours[field], theirs[field], `${peer}: ${field}`);
      }
    });

  test('every listed difference is of a mail in the corpus', () => {
    const names = new Set(mails.map((mail) => mail.name));
    assert.deepEqual(
      mailsWithDifferences().filter((mail) => !names.has(mail)),
      [],
    );
  });
});
