/**
 * What a frame of the attention panel costs at 2,048 tokens, drawn by software in Chromium: each frame moves what is
 * pointed at. `npm run bench -- panel [--quick] [--json FILE]`. The recording is answered on the page's own thread, so
 * that what the engine's process does elsewhere is counted here too.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openBrowser } from '../../../scripts/lib/browser.mjs';
import { pack } from '../../../src/engine/attention/packed';
import { recordingVersion } from '../../../src/engine/attention/recording';
import { recordedSession } from '../../support/browser/inspector';
import { openInBrowser } from '../../support/browser/page';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } } });
const tokens = 2048;
const frames = values.quick ? 60 : 300;

/** One causal head that reads its neighbours and a few tokens far away. */
function session(): string {
  const texts = Array.from({ length: tokens }, (_, i) => (i % 9 === 8 ? '\n' : `name${i % 97} `));
  let at = 0;
  const ranges = texts.flatMap((text) => [at, (at += text.length)]);
  const maps = new Uint8Array((tokens * (tokens + 1)) / 2);
  let cell = 0;
  for (let row = 0; row < tokens; row++) {
    for (let column = 0; column <= row; column++) maps[cell++] = row - column < 12 ? 70 : column % 97 === row % 97 ? 40 : 1;
  }
  const stack = { kind: 'decoder', queries: 0, keys: 0, layers: 1, heads: 1, causal: true, kept: [true], valueWeighted: false };
  const sequence = { ids: Int32Array.from(texts, (_, i) => i), texts, text: texts.join(''), ranges: Uint32Array.from(ranges), segments: [{ kind: 'text', from: 0, to: tokens, start: 0, end: at }] };
  const description = { capture: 1, way: 'softmax', sequences: [sequence], stacks: [stack] };
  const recording = pack({ version: recordingVersion, model: 'bench', description, generatedFrom: tokens, stacks: [{ maps }], logprobs: new Float32Array(tokens), probabilities: [], causal: [] });
  return recordedSession(recording, { kind: 'selection', title: 'bench.ts:1–228', firstLines: [[1]] });
}

/** Runs in the page: presses an arrow in every frame, and times from the frame's begin until its picture is handed on. */
const measure = (selector: string) => `(async () => {
  const widget = document.querySelector('${selector}');
  widget.focus();
  const work = [], times = [];
  for (let frame = 0; frame < ${frames}; frame++) {
    await new Promise((resolve) => requestAnimationFrame((time) => {
      const start = performance.now();
      times.push(time);
      widget.dispatchEvent(new KeyboardEvent('keydown', { key: frame % 40 < 20 ? 'ArrowDown' : 'ArrowRight', bubbles: true }));
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => { work.push(performance.now() - start); resolve(); };
      port2.postMessage(0);
    }));
  }
  return { work, times };
})()`;

async function main(): Promise<void> {
  const browser = await openBrowser();
  const page = await openInBrowser(browser, 'inspector', { standIn: session(), width: 420, height: 900 });
  await page.locator('.code-view').waitFor();
  const results: Record<string, number> = {};
  for (const [view, selector] of [['code', '.code-view'], ['matrix', '.matrix']] as const) {
    await page.locator(`#tab-${view}`).click();
    await page.waitForTimeout(1500);
    const { work, times } = await page.evaluate<{ work: number[]; times: number[] }>(measure(selector));
    const sorted = work.toSorted((a, b) => a - b);
    results[`panel.${view}.workP50Ms`] = round(sorted[Math.floor(sorted.length / 2)] ?? 0);
    results[`panel.${view}.workP95Ms`] = round(sorted[Math.floor(sorted.length * 0.95)] ?? 0);
    results[`panel.${view}.framesPerSecond`] = round((1000 * (times.length - 1)) / ((times.at(-1) ?? 0) - (times[0] ?? 0)));
  }
  results['panel.elements'] = await page.evaluate<number>("document.querySelectorAll('*').length");
  await browser.close();
  for (const [name, value] of Object.entries(results)) console.log(`${name.padEnd(32)} ${value}`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, undefined, 1)}\n`);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

void main();
