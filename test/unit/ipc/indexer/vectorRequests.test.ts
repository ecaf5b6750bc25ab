import assert from 'node:assert/strict';
import type { Embedder } from '../../../../src/ipc/indexer/embedder';
import { PatientEmbedder } from '../../../../src/indexer/process/patientEmbedder';
import type { VectorAnswer, VectorQuestion } from '../../../../src/ipc/indexer/protocol';
import { RemoteEmbedder, VectorRequests, VectorService } from '../../../../src/ipc/indexer/vectorRequests';
import type { AskForVectors } from '../../../../src/ipc/indexer/vectorRequests';

/** Both ends of a channel, with somebody behind it who has the vectors. */
function connect(ask: AskForVectors) {
  const questions: VectorQuestion[] = [];
  const answers: VectorAnswer[] = [];
  const service: VectorService = new VectorService(ask, (answer) => {
    answers.push(answer);
    requests.answer(answer);
  });
  const requests: VectorRequests = new VectorRequests((question) => {
    questions.push(question);
    service.receive(question);
  });
  return { requests, service, questions, answers };
}

const facts = { id: 'm', dimension: 2 };
const flush = () => new Promise(setImmediate);

describe('a model that another process runs', () => {
  it('gives vectors of its own dimension, or says why not', async () => {
    const { requests } = connect((texts) =>
      Promise.resolve(new Float32Array(texts[0] === 'odd' ? 3 : texts.length * 2).fill(1)),
    );
    const model = new RemoteEmbedder(facts, requests.ask);
    assert.deepEqual([...(await model.embed(['a', 'b'], 'document'))], [1, 1, 1, 1]);
    await assert.rejects(model.embed(['odd'], 'document'), /3 numbers for 1 texts/);
    const broken = new RemoteEmbedder(
      facts,
      connect(() => Promise.reject(new Error('the engine has stopped'))).requests.ask,
    );
    await assert.rejects(broken.embed(['a'], 'document'), /the engine has stopped/);
  });

  it('is told what is no longer wanted, and its answer is dropped', async () => {
    let signal: AbortSignal | undefined;
    const { requests, questions, answers } = connect((_, __, given) => {
      signal = given;
      return new Promise((resolve) => given?.addEventListener('abort', () => resolve(new Float32Array(2))));
    });
    const controller = new AbortController();
    const asked = requests.ask(['a'], 'document', controller.signal);
    controller.abort(new Error('typed on'));
    await assert.rejects(asked, /typed on/);
    await flush();
    assert.equal(signal?.aborted, true);
    assert.deepEqual(
      questions.map(({ kind }) => kind),
      ['embed', 'embedNoMore'],
    );
    assert.deepEqual(answers, []);
    await assert.rejects(requests.ask(['a'], 'document', controller.signal), /typed on/);
  });

  it('is left alone when the process that asked is gone', async () => {
    const aborted: boolean[] = [];
    const { requests, service, answers } = connect((_, __, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => {
      aborted.push(true);
      resolve(new Float32Array(2));
    }))); // prettier-ignore
    void requests.ask(['a'], 'document');
    service.abort();
    await flush();
    assert.deepEqual([aborted, answers], [[true], []]);
  });
});

describe('the vector of a question', () => {
  class Slow implements Embedder {
    readonly id = 'm';
    readonly dimension = 1;
    readonly asked: string[] = [];
    answer: (vectors: Float32Array) => void = () => {};
    fail: (error: Error) => void = () => {};

    embed([text]: readonly string[]): Promise<Float32Array> {
      this.asked.push(text!);
      return new Promise((resolve, reject) => ([this.answer, this.fail] = [resolve, reject]));
    }
  }

  it('is waited for a moment, and kept when it comes later', async () => {
    const model = new Slow();
    let late = 0;
    const patient = new PatientEmbedder(model, () => late++, 1);
    await assert.rejects(patient.embed(['q'], 'query'), /busy/);
    await assert.rejects(patient.embed(['q'], 'query'), /busy/);
    assert.deepEqual([model.asked, late], [['q'], 0]);
    model.answer(Float32Array.of(7));
    await flush();
    assert.ok(late > 0);
    assert.deepEqual([...(await patient.embed(['q'], 'query'))], [7]);
    assert.deepEqual(model.asked, ['q']);
  });

  it('is asked for again after a failure, and after many others', async () => {
    const model = new Slow();
    const patient = new PatientEmbedder(model, () => {}, 10_000);
    const failing = patient.embed(['q'], 'query');
    model.fail(new Error('no'));
    await assert.rejects(failing, /no/);
    for (const question of ['q', ...Array.from({ length: 60 }, (_, index) => `${index}`), 'q']) {
      const asked = patient.embed([question], 'query');
      model.answer(Float32Array.of(1));
      await asked;
    }
    assert.equal(model.asked.filter((question) => question === 'q').length, 3);
  });
});
