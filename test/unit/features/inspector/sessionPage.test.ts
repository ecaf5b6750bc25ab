import assert from 'node:assert/strict';
import { sessionHtml } from '../../../../src/features/inspector/sessionPage';

const page = (theme: string, title = 'a.ts:1') =>
  sessionHtml({
    shown: { kind: 'selection', title, firstLines: [[1]] },
    recording: Uint8Array.of(1, 2, 3),
    theme,
    files: { script: 'page("</script><!--")', standIn: 'host()', style: 'a{}' },
    language: 'en',
    nonce: 'n',
  });

describe('a session as a document of its own', () => {
  it('carries recording, page and theme, and may load nothing', () => {
    const html = page('{"className":"vscode-dark","variables":{"--vscode-foreground":"#ccc"}}');
    assert.match(html, /default-src 'none'; script-src 'nonce-n'/);
    assert.match(html, /:root\{--vscode-foreground:#ccc\}/);
    assert.match(html, /"recording":"AQID"/);
    assert.doesNotMatch(html, /(src|href)=/);
    assert.equal(html.match(/<script/g)?.length, 3);
    assert.equal(html.match(/<\/script/g)?.length, 3);
  });

  it('lets neither title nor theme break out', () => {
    const html = page('{"className":"x\\" onload=\\"y","variables":{}}', '</script><script>evil()');
    assert.doesNotMatch(html, /onload|<script>evil/);
    assert.doesNotMatch(page('{"className":"","variables":{"--vscode-a":"}</style><b>"}}'), /<b>/);
    assert.match(page('nonsense'), /:root\{\}/);
  });
});
