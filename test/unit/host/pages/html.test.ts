import assert from 'node:assert/strict';
import { pageHtml } from '../../../../src/host/pages/html';
import { loadStrings, t } from '../../../../webview/shared/translate';

describe('the document of a page', () => {
  const html = pageHtml({
    title: '<b>"Title"</b>',
    language: 'de"onload="x',
    cspSource: 'https://resources.example',
    nonce: 'abc',
    script: 'https://resources.example/a.js?b&c',
    style: 'https://resources.example/a.css',
    strings: { '"</body><script>': "'&" },
  });

  it('forbids everything but its own script and style', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.replaceAll('&#39;', "'");
    assert.equal(
      policy,
      "default-src 'none'; script-src 'nonce-abc'; style-src https://resources.example; img-src data: blob:",
    );
    assert.equal(html.match(/<script/g)?.length, 1);
  });

  it('is not led astray by what is put into it', () => {
    assert.match(html, /<title>&lt;b&gt;&quot;Title&quot;&lt;\/b&gt;<\/title>/);
    assert.match(html, /<html lang="de&quot;onload=&quot;x">/);
    assert.match(html, /data-strings="\{&quot;\\&quot;&lt;\/body&gt;&lt;script&gt;&quot;:&quot;&#39;&amp;&quot;\}"/);
    assert.match(html, /src="https:\/\/resources\.example\/a\.js\?b&amp;c"/);
  });
});

describe('texts of a page', () => {
  after(() => loadStrings(undefined));

  it('are translated where the host knows how', () => {
    loadStrings('{"{0} of {1}": "{1} davon {0}", "broken": 7}');
    assert.equal(t('{0} of {1}', 1, 2), '2 davon 1');
    assert.equal(t('broken'), 'broken');
    assert.equal(t('{0} and {1}', 'one'), 'one and {1}');
    assert.equal(t('toString'), 'toString');
  });

  it('are English where the document says nonsense', () => {
    for (const nonsense of [undefined, 'null', '[', '7']) {
      loadStrings(nonsense);
      assert.equal(t('plain'), 'plain');
    }
  });
});
