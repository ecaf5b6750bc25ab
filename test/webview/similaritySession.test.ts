import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../../scripts/lib/browser.mjs';
import { SimilarityService } from '../../src/engine/similarity/service';
import { recordSimilarity } from '../../src/attention/similarityRecording';
import { recordedSession } from '../support/browser/inspector';
import { openInBrowser } from '../support/browser/page';
import { join } from 'node:path';
import { root } from '../support/paths';

describe('a recorded similarity, in a plain browser', () => {
  let browser: Browser;
  before(async () => (browser = await openBrowser()));
  after(() => browser.close());

  it('shows question, code and pairs without a model', async () => {
    const model = join(root, 'models', 'search');
    const service = new SimilarityService();
    const split = await service.compare(
      await service.table(model),
      { model, question: 'wait again', code: 'function retry() {\n  await wait(100);\n}\n', around: '' },
      () => Promise.resolve(undefined),
    );
    const standIn = recordedSession(recordSimilarity({ model: 'search', ...split }), {
      kind: 'hit',
      title: 'Similarity to queue.ts:12–14',
      firstLines: [[0], [12]],
    });
    const page = await openInBrowser(browser, 'inspector', { standIn });
    page.setDefaultTimeout(60_000);
    await page.locator('.subject .title', { hasText: 'Similarity to queue.ts:12–14' }).waitFor();
    await page.locator('.question .token', { hasText: 'wait' }).waitFor();
    await page.locator('.detail-title', { hasText: 'The whole question' }).waitFor();
    assert.equal(await page.locator('.question vscode-button', { hasText: 'Attention within' }).isVisible(), false);
    await page.locator('#tab-matrix').click();
    await page.locator('.readout', { hasText: 'Rows are the question, columns the code.' }).waitFor();
    await page.context().close();
  });
});
