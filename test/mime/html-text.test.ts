import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { htmlToText } from '../../src/mime/html-text.ts';

describe('text of html', () => {
  const texts: [why: string, html: string, text: string][] = [
    ['paragraphs are parted by an empty line', '<p>a</p><p>b</p>', 'a\n\nb'],
    ['divisions are lines', '<div>a</div><div>b<div>c</div></div>', 'a\nb\nc'],
    ['line breaks', 'a<br>b<br/>c<BR />d', 'a\nb\nc\nd'],
    ['two line breaks are an empty line', 'a<br><br>b', 'a\n\nb'],
    ['no more than two empty lines', 'a<br><br><br><br><br><br>b', 'a\n\n\nb'],
    ['white space only parts words', ' a \r\n\t b  <b> c</b>d ', 'a b cd'],
    ['entities', '&auml;&#228;&#xe4; &lt;x&gt; &amp;amp; &copy;', 'äää <x> &amp; ©'],
    ['no-break spaces stay', 'a&nbsp;&nbsp;b', 'a  b'],
    ['a numbered character that is none', 'a&#xd83d;b&#0;', 'a\ufffdb\ufffd'],
    ['lists', '<ul><li>a<li>b</ul><ol><li>c</li><li>d</li></ol>', '* a\n* b\n\n1. c\n2. d'],
    ['lists in lists', '<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>', '* a\n  1. b\n* c'],
    [
      'quotations',
      'a<blockquote>b<br>c<blockquote>d</blockquote></blockquote>e',
      'a\n\n> b\n> c\n>\n> > d\n\ne',
    ],
    ['tables', '<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>', 'a b\nc'],
    [
      'links lead somewhere',
      '<a href="https://x.example/?a=1&amp;b=2">here</a>.',
      'here <https://x.example/?a=1&b=2>.',
    ],
    ['links that say where', '<a href="https://x.example/">https://x.example</a>', 'https://x.example'],
    ['links that do not lead to the web', '<a href="mailto:a@b.example">a</a><a href="#x">b</a>', 'ab'],
    ['images say what they are', 'a<img src=x alt="The logo">b', 'a The logo b'],
    ['lines that stay', '<pre>a\n  b\n\nc</pre>', 'a\n  b\n\nc'],
    [
      'scripts, styles, titles and comments are not shown',
      '<title>t</title><style>s{}</style><script>x("</b>")</script><!-- c --><template>t</template>a',
      'a',
    ],
    ['a rule', 'a<hr>b', 'a\n\n----------\n\nb'],
    ['marks that fill previews', 'a&#847;&zwnj;&#8203;&shy;b', 'a\u200cb'],
    ['elements that are never closed', '<div><b><i>a<p>b', 'a\n\nb'],
    ['elements that were never opened', 'a</div></b></blockquote></ul>b', 'a\n\nb'],
    ['angle brackets that are none', 'a < b <3', 'a < b <3'],
    ['nothing', '', ''],
  ];
  for (const [why, html, text] of texts)
    test(why, () => assert.deepEqual(htmlToText(html), { text, cut: false }));

  test('however deep it is nested', () => {
    const deep = htmlToText(`${'<blockquote><ul><li>'.repeat(20_000)}x`);
    assert.ok(deep.text.length < 40 * 20_000);
  });
});
