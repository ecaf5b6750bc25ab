/**
 * Plays the host's part for a recorded capture, in a plain browser: what needs no model is answered from the
 * recording, what needs one says so. Loaded before the page.
 */
import { pairsFile, wholeMap } from '../../src/attention/npy';
import { openRecording, RecordedCapture } from '../../src/attention/recording';
import type { SimilarityRecording } from '../../src/attention/similarityRecording';
import { inspectorProtocol } from '../../src/features/inspector/messages';
import type { InspectorProtocol, MapPlace, CaptureView } from '../../src/features/inspector/messages';
import { comparedTexts } from '../../src/features/inspector/shownSimilarity';
import { PageError } from '../../src/ipc/pages/protocol';
import type { RequestParams } from '../../src/ipc/pages/protocol';
import { PageServer } from '../../src/ipc/pages/server';

/** What is replayed, and how it is called. */
export interface Replayed {
  readonly recording: Uint8Array;
  readonly shown: Pick<CaptureView, 'kind' | 'title' | 'firstLines' | 'copied'>;
}

declare global {
  var glassboxSession: { readonly recording: string; readonly shown: Replayed['shown'] } | undefined;
  /** Says something to the page, whatever it is; for tests. */
  var glassboxReceive: ((message: unknown) => void) | undefined;
  /** What the page has sent, newest last, for tests to look at. */
  var glassboxNotifications: { readonly name: string; readonly value: unknown }[] | undefined;
}

/** Answers as the extension would. */
export function replay({ recording, shown }: Replayed): PageServer<InspectorProtocol> {
  const opened = openRecording(recording);
  const attention = (): RecordedCapture => {
    if (!(opened instanceof RecordedCapture))
      throw new PageError('invalid', 'Texts that were read apart have no attention.');
    return opened;
  };
  const notifications: { name: string; value: unknown }[] = (globalThis.glassboxNotifications = []);
  const note = (name: string) => (value: unknown) => {
    notifications.push({ name, value });
    if (notifications.length > 200) notifications.shift();
  };
  const page = new PageServer<InspectorProtocol>(
    inspectorProtocol,
    {
      requests: {
        thumbnails: answer((params: RequestParams<InspectorProtocol, 'thumbnails'>) => attention().thumbnails(params)),
        tile: answer((params: RequestParams<InspectorProtocol, 'tile'>) => attention().tile(params)),
        weights: answer((params: RequestParams<InspectorProtocol, 'weights'>) => attention().weights(params)),
        headScores: answer((params: RequestParams<InspectorProtocol, 'headScores'>) => attention().headScores(params)),
        probabilities: answer((params: RequestParams<InspectorProtocol, 'probabilities'>) =>
          attention().probabilities(params),
        ),
        provenance: answer((params: RequestParams<InspectorProtocol, 'provenance'>) => attention().provenance(params)),
        causal: answer((params: RequestParams<InspectorProtocol, 'causal'>) => attention().causal(params)),
        compare: answer((): boolean => {
          throw new PageError('failed', 'A recording has no model that could read something else.');
        }),
        save: (params) => download(opened, params),
      },
      notifications: {
        ready: () =>
          opened instanceof RecordedCapture ? begin(page, opened, shown) : beginSimilarity(page, opened, shown),
        highlight: note('highlight'),
        clearHighlight: note('clearHighlight'),
        reveal: note('reveal'),
        recapture: note('recapture'),
        copyLink: note('copyLink'),
        captureWithin: note('captureWithin'),
        closeComparison: note('closeComparison'),
      },
    },
    {
      post: (message) => queueMicrotask(() => receive(message)),
      log: (level, message) => {
        note('log')(`${level}: ${message}`);
        console[level](message);
      },
    },
  );
  return page;
}

let receive: (message: unknown) => void = () => undefined;

function begin(page: PageServer<InspectorProtocol>, capture: RecordedCapture, shown: Replayed['shown']): void {
  const { description, recording } = capture;
  const { sequences, stacks } = description;
  page.send('shown', {
    slot: 'main',
    capture: description.capture,
    ...shown,
    detail: recording.model,
    sequences,
    stacks,
    logprobs: shown.kind === 'suggestion' ? [...recording.logprobs.slice(recording.generatedFrom)] : [],
  });
  const sinkShares = capture.stacks.map((stack) => stack.sinkShares());
  page.send('finished', { capture: description.capture, sinkShares, totalMs: 0, bytes: 0 });
}

function beginSimilarity(
  page: PageServer<InspectorProtocol>,
  recording: SimilarityRecording,
  shown: Replayed['shown'],
): void {
  // No model is here whose attention could be captured.
  const { description, similarity, finished } = comparedTexts(1, recording, {
    attends: false,
    foundBy: recording.foundBy,
    totalMs: 0,
  });
  page.send('shown', { slot: 'main', ...shown, ...description, detail: recording.model, logprobs: [], similarity });
  page.send('finished', finished);
}

function answer<P, R>(make: (params: P) => R): (params: P) => Promise<R> {
  return (params) => Promise.resolve(params).then(make);
}

async function download(
  recording: RecordedCapture | SimilarityRecording,
  { kind, name, data, map }: RequestParams<InspectorProtocol, 'save'>,
): Promise<string> {
  if (kind === 'session') throw new PageError('failed', 'This is the recorded session.');
  const matrix = (): Promise<Uint8Array> =>
    recording instanceof RecordedCapture
      ? matrixOf(recording, map)
      : Promise.resolve(pairsFile(recording.pairs, recording.code.ids.length));
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([Uint8Array.from(kind === 'npy' ? await matrix() : data)]));
  link.download = `${name}.${kind}`;
  link.click();
  return link.download;
}

function matrixOf(capture: RecordedCapture, { stack, layer, heads }: MapPlace): Promise<Uint8Array> {
  const { stacks, sequences } = capture.description;
  const [rows, width] = [stacks[stack]?.queries, stacks[stack]?.keys].map(
    (sequence) => sequences[sequence ?? 0]?.ids.length ?? 0,
  ) as [number, number];
  return wholeMap(rows, width, (y, height) =>
    capture.tile({ stack, layer: layer ?? undefined, heads, level: 0, kind: 'max', x: 0, y, width, height }),
  );
}

/** In a loop of its own: `Uint8Array.from` takes seconds for a recording. */
function bytesOf(characters: string): Uint8Array {
  const bytes = new Uint8Array(characters.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = characters.charCodeAt(at);
  return bytes;
}

const session = globalThis.glassboxSession;
if (session !== undefined) {
  const page = replay({
    recording: bytesOf(atob(session.recording)),
    shown: session.shown,
  });
  globalThis.glassboxHost = {
    // A copy, as between processes: neither side can change what the other holds.
    post: (message) => {
      const copy: unknown = structuredClone(message);
      queueMicrotask(() => page.receive(copy));
    },
    listen: (listener) => {
      receive = listener;
      globalThis.glassboxReceive = listener;
    },
  };
}
