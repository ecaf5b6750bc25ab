import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineClient } from '../../src/ipc/engine/client';
import type { CapturedSequence } from '../../src/ipc/engine/messages/attention';
import { Inspection } from '../../src/features/inspector/inspection';
import type { CaptureRequest } from '../../src/features/inspector/inspection';
import type { InspectorProtocol, Slot } from '../../src/features/inspector/messages';
import type { RequestParams } from '../../src/ipc/pages/protocol';
import { Capture } from '../../webview/inspector/data';
import type { Ask } from '../../webview/inspector/data';
import { FocusFinder, mapOfOther } from '../../webview/inspector/focus';
import type { Focus } from '../../webview/inspector/focus';
import { initialState } from '../../webview/inspector/model/state';
import type { ViewState } from '../../webview/inspector/model/state';
import { Store } from '../../webview/inspector/store';
import { embeddedModel, startEngine } from '../support/engine';
import { unpackFamily } from '../support/families';
import { root } from '../support/paths';

const text = readFileSync(join(root, 'sample/src/library.ts'), 'utf8').slice(0, 600);

/** Where in the text the tokens that stand for some of it stand, with their numbers. */
function placesIn({
  segments,
  ranges,
  text: whole,
}: CapturedSequence): { token: number; start: number; end: number }[] {
  const start = whole.indexOf(text.slice(0, 30));
  return segments.flatMap(({ kind, from, to }) =>
    kind === 'text'
      ? Array.from({ length: to - from }, (_, at) => ({
          token: from + at,
          start: ranges[2 * (from + at)]! - start,
          end: ranges[2 * (from + at) + 1]! - start,
        }))
      : [],
  );
}

/**
 * What one model's tokens read, said of another's tokens, from nothing but their places in the text: a weight is divided
 * evenly among the characters of the token that is read; a token that reads is the mean of those that lie on it.
 */
function carriedOver(
  ours: CapturedSequence,
  theirs: CapturedSequence,
  rows: readonly Float32Array[],
): (reader: number, read: number) => number | undefined {
  const [own, other] = [placesIn(ours), placesIn(theirs)];
  const readTo = Math.max(...other.map(({ end }) => end));
  const shared = (a: { start: number; end: number }, b: { start: number; end: number }): number =>
    Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start));
  const known = new Map(
    own
      .filter(({ end }) => end <= readTo)
      .map((place) => [
        place.token,
        other.flatMap((one) => (shared(place, one) > 0 ? [{ token: one.token, length: shared(place, one) }] : [])),
      ]),
  );
  const whole = new Map<number, number>();
  for (const on of known.values())
    for (const { token, length } of on) whole.set(token, (whole.get(token) ?? 0) + length);
  return (reader, read) => {
    const [readers, reads] = [known.get(reader), known.get(read)];
    if (readers === undefined || reads === undefined || readers.length === 0) return undefined;
    const sums = readers.map(({ token: row }) =>
      reads.reduce((sum, { token, length }) => sum + (rows[row]![token]! * length) / whole.get(token)!, 0),
    );
    return sums.reduce((total, sum) => total + sum, 0) / sums.length;
  };
}

describe('two models compared', () => {
  let client: EngineClient;
  let inspection: Inspection;
  let captures: Partial<Record<Slot, Capture>>;
  const ask = ((name: 'weights', params: RequestParams<InspectorProtocol, 'weights'>) =>
    client.request(name, params, { priority: 'inspect' })) as Ask;
  before(() => {
    ({ client } = startEngine());
    captures = {};
    inspection = new Inspection(client, {
      shown: ({ shown }) => (captures[shown.slot] = new Capture(shown, ask)),
      progress: () => undefined,
      finished: ({ shown, finished }) => captures[shown.slot]!.finish(finished!),
    });
  });
  after(() => client.dispose());

  const wanted = (model: string): CaptureRequest => ({
    kind: 'selection',
    title: 'library.ts',
    detail: model,
    model,
    logprobs: [],
    subject: { kind: 'text', text, path: 'src/library.ts' },
    firstLines: ({ sequences }) => sequences.map(() => [1]),
  });

  /** Points at a token as the panel does. @returns what is found */
  async function point(state: Partial<ViewState>): Promise<Focus> {
    const store = new Store();
    store.update({ ...initialState, against: 'other', ...state, focus: null });
    return new Promise((resolve, reject) => {
      const finder = new FocusFinder({ store, main: () => captures.main, other: () => captures.other, fail: reject });
      finder.subscribe((focus) => focus && resolve(focus));
      store.update({ focus: state.focus ?? 0 });
    });
  }

  /** All rows of a map. */
  async function rowsOf(
    capture: Capture,
    state: Pick<ViewState, 'layer' | 'heads' | 'withoutSink'>,
  ): Promise<Float32Array[]> {
    return Promise.all(
      Array.from(
        { length: capture.tokens(0) },
        async (_, at) =>
          (
            await capture.weights(
              { stack: 0, layer: state.layer, heads: state.heads },
              { from: at, to: at + 1 },
              'reads',
              state.withoutSink,
            )
          ).values,
      ),
    );
  }

  for (const name of ['llama', 'gpt2', 'bert', 'modernbert', 't5-encoder']) {
    it(`are laid on each other by the places of their tokens in the text: the embedded decoder and a ${name} of other tokens, layers and heads`, async () => {
      await inspection.capture('main', wanted(embeddedModel));
      await inspection.capture('other', wanted(await unpackFamily(name)));
      const [main, other] = [captures.main!, captures.other!];
      const [ours, theirs] = [main.shown.sequences[0]!, other.shown.sequences[0]!];
      assert.notDeepEqual(
        [ours.ids.length, main.shown.stacks[0]!.heads],
        [theirs.ids.length, other.shown.stacks[0]!.heads],
      );
      assert.deepEqual(
        [main.shown.cut, other.shown.cut],
        [undefined, true],
        'it is said that the other had no room for all of it',
      );
      const readTo = Math.max(...placesIn(theirs).map(({ end }) => end));
      const places = placesIn(ours);
      // Some models do not read white space.
      const [inBoth, beyond] = [
        places.filter(({ end, start }) => start > 20 && end <= readTo && text.slice(start, end).trim() !== ''),
        places.filter(({ start }) => start >= readTo),
      ];
      assert.ok(inBoth.length > 15 && beyond.length > 15);

      for (const otherMap of [
        { layer: null, heads: 'mean' },
        { layer: 1, heads: 2 },
      ] as const) {
        const state = { layer: 2, heads: 1, withoutSink: false, otherMap };
        assert.deepEqual(mapOfOther(main, other, { ...initialState, ...state }), { stack: 0, ...otherMap });
        const expected = carriedOver(ours, theirs, await rowsOf(other, { ...otherMap, withoutSink: false }));
        for (const { token } of inBoth) {
          const [reads, readBy] = [
            await point({ ...state, direction: 'reads', focus: token }),
            await point({ ...state, direction: 'readBy', focus: token }),
          ];
          for (const { token: one } of places) {
            assert.ok(
              Math.abs(reads.against![one]! - (expected(token, one) ?? 0)) < 1e-5,
              `${token} reads ${one}: ${reads.against![one]} for ${expected(token, one)}`,
            );
            assert.ok(
              Math.abs(readBy.against![one]! - (expected(one, token) ?? 0)) < 1e-5,
              `${one} reads ${token}: ${readBy.against![one]} for ${expected(one, token)}`,
            );
          }
          assert.deepEqual(
            reads.values,
            (await main.weights({ stack: 0, layer: 2, heads: 1 }, { from: token, to: token + 1 }, 'reads', false))
              .values,
          );
        }
      }
      // What the other has no room for is not said to be read by nobody.
      const unread = await point({ layer: 2, heads: 1, focus: beyond[0]!.token });
      assert.equal(unread.against, undefined);
      assert.ok(unread.values.some((value) => value > 0));
    });
  }

  it('are compared in all heads together where the other has no head of that number', async () => {
    await inspection.capture('main', wanted(embeddedModel));
    await inspection.capture('other', wanted(await unpackFamily('llama')));
    const { layers } = captures.other!.shown.stacks[0]!;
    const place = mapOfOther(captures.main!, captures.other!, { ...initialState, layer: layers, heads: 0 });
    assert.equal(place?.layer, null);
    assert.equal(typeof place.heads, 'string');
    const { shown } = captures.main!;
    const focus = placesIn(shown.sequences[0]!)[12]!.token;
    assert.notEqual((await point({ layer: layers, heads: 0, focus })).against, undefined);
  });
});
