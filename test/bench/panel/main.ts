/**
 * What a frame of the attention panel costs at 2,048 tokens, drawn by software in Chromium: each frame moves what is
 * pointed at, or scrolls, or zooms. `npm run bench -- panel [--quick] [--json FILE]`.
 *
 * Counted are all tasks of the page's main thread from a frame's begin to the next one's, as Chromium's trace has them:
 * the time that goes by, and the processor's, which is the same whoever else computes on the machine. The recording is
 * answered on the page's own thread, so that what the engine's process does elsewhere is counted here too.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openBrowser } from '../../../scripts/lib/browser.mjs';
import { openInBrowser } from '../../support/browser/page';
import { session } from './session';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } } });
const tokens = 2048;
const frames = values.quick ? 60 : 300;

/** What is done to a widget in a frame. */
const gestures = {
  pointing:
    "widget.dispatchEvent(new KeyboardEvent('keydown', { key: frame % 40 < 20 ? 'ArrowDown' : 'ArrowRight', bubbles: true }))",
  scrolling: 'widget.scrollTop += frame % 80 < 40 ? 47 : -47',
  zooming:
    "widget.dispatchEvent(new WheelEvent('wheel', { deltaY: frame % 60 < 30 ? -80 : 80, clientX: widget.getBoundingClientRect().left + 200, clientY: widget.getBoundingClientRect().top + 200, bubbles: true, cancelable: true }))",
};

const mark = 'glassbox-frame';

/** Runs in the page: does something in every frame. @returns when the frames began */
const move = (selector: string, gesture: keyof typeof gestures) => `(async () => {
  const widget = document.querySelector('${selector}');
  widget.focus();
  const times = [];
  for (let frame = 0; frame < ${frames}; frame++) {
    await new Promise((resolve) => requestAnimationFrame((time) => {
      times.push(time);
      performance.mark('${mark}');
      ${gestures[gesture]};
      resolve();
    }));
  }
  return times;
})()`;

/** A task in a trace of Chromium's; times in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
}

/** For each frame, milliseconds of all tasks of the page's main thread until the next: that went by, and of the processor. */
function workOfFrames(trace: Buffer): { passed: number[]; processor: number[] } {
  const { traceEvents } = JSON.parse(trace.toString('utf8')) as { traceEvents: TraceEvent[] };
  const marks = traceEvents.filter(({ name }) => name === mark);
  const [first] = marks;
  const tasks = traceEvents.filter(
    ({ name, ph, pid, tid }) => name.endsWith('RunTask') && ph === 'X' && pid === first?.pid && tid === first.tid,
  );
  const starts = marks.flatMap(
    ({ ts }) => tasks.find((task) => task.ts <= ts && ts <= task.ts + (task.dur ?? 0))?.ts ?? [],
  );
  const sums = (time: (task: TraceEvent) => number): number[] =>
    starts
      .slice(1)
      .map(
        (end, i) =>
          tasks.filter(({ ts }) => ts >= (starts[i] ?? 0) && ts < end).reduce((sum, task) => sum + time(task), 0) /
          1000,
      );
  return { passed: sums(({ dur = 0 }) => dur), processor: sums(({ tdur = 0 }) => tdur) };
}

async function main(): Promise<void> {
  const browser = await openBrowser();
  const page = await openInBrowser(browser, 'inspector', { standIn: session(tokens), width: 420, height: 900 });
  await page.locator('.code-view').waitFor();
  const results: Record<string, number> = {};
  const asked = [
    ['code', '.code-view', 'pointing'],
    ['code', '.code-view', 'scrolling'],
    ['matrix', '.matrix', 'pointing'],
    ['matrix', '.matrix', 'zooming'],
  ] as const;
  for (const [view, selector, gesture] of asked) {
    await page.locator(`#tab-${view}`).click();
    await page.waitForTimeout(1500);
    await browser.startTracing(page, {
      categories: ['toplevel', 'disabled-by-default-devtools.timeline', 'blink.user_timing'],
    });
    const times = await page.evaluate<number[]>(move(selector, gesture));
    const { passed, processor } = workOfFrames(await browser.stopTracing());
    if (passed.length < frames / 2) throw new Error(`The trace shows ${passed.length} of ${frames} frames.`);
    const name = `panel.${view}.${gesture}`;
    results[`${name}.workP50Ms`] = round(quantile(passed, 0.5));
    results[`${name}.workP95Ms`] = round(quantile(passed, 0.95));
    results[`${name}.processorP95Ms`] = round(quantile(processor, 0.95));
    results[`${name}.framesPerSecond`] = round((1000 * (times.length - 1)) / ((times.at(-1) ?? 0) - (times[0] ?? 0)));
  }
  results['panel.elements'] = await page.evaluate<number>("document.querySelectorAll('*').length");
  await browser.close();
  for (const [name, value] of Object.entries(results)) console.log(`${name.padEnd(40)} ${value}`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, undefined, 1)}\n`);
}

function quantile(numbers: readonly number[], part: number): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length * part)] ?? 0;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

void main();
