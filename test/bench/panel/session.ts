import { pack } from '../../../src/attention/typedArrayFile';
import { recordingVersion } from '../../../src/attention/recording';
import { recordedSession } from '../../support/browser/inspector';

/** Causal heads that read their neighbours and a few tokens far away, all alike. */
export function session(tokens: number, { layers, heads } = { layers: 1, heads: 1 }): string {
  const texts = Array.from({ length: tokens }, (_, i) => (i % 9 === 8 ? '\n' : `name${i % 97} `));
  let at = 0;
  const ranges = texts.flatMap((text) => [at, (at += text.length)]);
  const cells = (tokens * (tokens + 1)) / 2;
  const maps = new Uint8Array(layers * heads * cells);
  let cell = 0;
  for (let row = 0; row < tokens; row++) {
    for (let column = 0; column <= row; column++)
      maps[cell++] = row - column < 12 ? 70 : column % 97 === row % 97 ? 40 : 1;
  }
  for (let map = 1; map < layers * heads; map++) maps.copyWithin(map * cells, 0, cells);
  const stack = {
    kind: 'decoder',
    queries: 0,
    keys: 0,
    layers,
    heads,
    causal: true,
    kept: Array.from({ length: layers }, () => true),
    valueWeighted: false,
  };
  const sequence = {
    ids: Int32Array.from(texts, (_, i) => i),
    texts,
    text: texts.join(''),
    ranges: Uint32Array.from(ranges),
    segments: [{ kind: 'text', from: 0, to: tokens, start: 0, end: at }],
  };
  const description = { capture: 1, way: 'softmax', sequences: [sequence], stacks: [stack] };
  const recording = pack({
    version: recordingVersion,
    model: 'bench',
    description,
    generatedFrom: tokens,
    stacks: [{ maps }],
    logprobs: new Float32Array(tokens),
    probabilities: [],
    causal: [],
  });
  return recordedSession(recording, { kind: 'selection', title: 'bench.ts:1–228', firstLines: [[1]] });
}
