import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SuggestionRequest } from '../../../../src/features/completion/completer';
import { EngineError } from '../../../../src/ipc/engine/errors';
import { at } from './place';
import { asking, never, setUp, textOf, textsOf, wish } from './scriptedEngine';
import { withinTurn } from './turn';

describe('the completer, while the user deletes', () => {
  it('does not offer what is being deleted, until something is typed or it is asked by command', async () => {
    const { engine, completer } = setUp();
    const pending = completer.suggest(at('b.|\n'), wish, never);
    (await engine.ask(0)).finish('log(value);');
    assert.equal(textOf(await pending), 'log(value);');
    const seen: string[] = [];
    for (const place of ['b.log|\n', 'b.lo|\n', 'b.l|\n', 'b.|\n', 'b.l|\n'])
      seen.push(textOf(await completer.suggest(at(place), wish, never)));
    assert.deepEqual(seen, ['(value);', '(deleted)', '(deleted)', '(deleted)', 'og(value);']);
    await completer.suggest(at('b.|\n'), wish, never);
    const byCommand = completer.suggest(at('b.|\n'), asking, never);
    (await engine.ask(1)).finish('map();', []);
    assert.deepEqual(textsOf(await byCommand), ['log(value);', 'map();']);
  });
});

describe('the completer, where the user begins to delete', () => {
  it('knows what stood where the cursor rested', async () => {
    const { engine, completer } = setUp();
    completer.readIn(at('b.log|\n'), wish);
    const pending = completer.suggest(at('b.lo|\n'), wish, never);
    (await engine.ask(0)).finish('g(value);');
    assert.equal(textOf(await pending), '(deleted)');
  });
});

describe('the completer, asked by command', () => {
  it('gives several to choose from, no two alike', async () => {
    const { engine, completer } = setUp();
    const pending = completer.suggest(at('b.|\n'), asking, never);
    const asked = await engine.ask(0);
    assert.equal(asked.params.alternatives, 2);
    asked.finish('log();', ['log();  ', 'map();']);
    const outcome = await pending;
    assert.deepEqual(textsOf(outcome), ['log();', 'map();']);
    assert.ok(outcome.kind === 'suggestion');
    assert.equal(
      completer.suggestions.latest('file:///a.ts')?.id,
      outcome.suggestion.id,
      'the one that is shown is the newest',
    );
    const [other] = outcome.others!;
    assert.equal(completer.suggestions.accept(other!.id)?.written.result.text, 'map();');
  });

  it('puts what it has shown already first and asks once for a place', async () => {
    const { engine, completer } = setUp();
    const typing = completer.suggest(at('b.|\n'), wish, never);
    const automatic = await engine.ask(0);
    assert.equal(automatic.params.alternatives, undefined);
    automatic.finish('log();');
    await typing;
    const pending = completer.suggest(at('b.l|\n'), asking, never);
    (await engine.ask(1)).finish('en;', ['og();', 'ast;']);
    assert.deepEqual(textsOf(await pending), ['og();', 'en;', 'ast;']);
    const again = await completer.suggest(at('b.l|\n'), asking, never);
    assert.deepEqual(textsOf(again), ['og();', 'en;', 'ast;']);
    assert.equal(textOf(await completer.suggest(at('b.l|\n'), wish, never)), 'og();', 'what is shown stays');
    assert.equal(engine.asked.length, 2);
  });

  it('leaves out what the filters refuse, and offers an alternative where the first choice is refused', async () => {
    const { engine, completer } = setUp();
    const pending = completer.suggest(at('foo(a);\n|\n'), asking, never);
    (await engine.ask(0)).finish('foo(a);', ['', 'foo(b);']);
    assert.deepEqual(textsOf(await pending), ['foo(b);']);
    const nothing = completer.suggest(at('foo(a);\n |\n'), asking, never);
    (await engine.ask(1)).finish('', []);
    assert.equal(textOf(await nothing), '(wroteNothing)');
  });

  it('gives the model more time where the user waits: the editor does not ask again at the same place', async () => {
    const { engine, completer } = setUp();
    void completer.suggest(at('b.|\n'), wish, never);
    const typed = await engine.ask(0);
    void completer.suggest(at('c.|\n'), asking, never);
    const byCommand = await engine.ask(1);
    assert.ok(byCommand.deadlineMs! > typed.deadlineMs!);
  });

  it('goes back to what is known where asking fails', async () => {
    const { engine, completer } = setUp();
    const typing = completer.suggest(at('b.|\n'), wish, never);
    (await engine.ask(0)).finish('log();');
    await typing;
    const late = completer.suggest(at('b.|\n'), asking, never);
    (await engine.ask(1)).fail(new EngineError('deadline', 'Too late.'));
    assert.deepEqual(textsOf(await late), ['log();']);

    const gone = new AbortController();
    const cancelled = completer.suggest(at('b.|\n'), asking, gone.signal);
    await engine.ask(2);
    gone.abort();
    assert.equal(textOf(await cancelled), '(cancelled)');
  });
});

describe('the completer', () => {
  it('asks the engine and offers what it wrote', async () => {
    const { engine, completer, log } = setUp();
    const pending = completer.suggest(at('a\nb.|\nc'), wish, never);
    const asked = await engine.ask(0);
    assert.deepEqual(asked.params, {
      model: '/model',
      path: 'a.ts',
      context: [],
      prefix: 'a\nb.',
      suffix: '\nc',
      mode: 'line',
      candidates: 4,
      minConfidence: 0,
      maxPromptTokens: 512,
      maxTokens: 48,
    });
    asked.finish('log();');
    assert.equal(textOf(await pending), 'log();');
    assert.deepEqual(log, ['started', 'served', 'ended']);
  });

  it('answers from what it knows without asking or waiting', async () => {
    const { engine, completer } = setUp();
    const first = completer.suggest(at('b.|\n'), wish, never);
    (await engine.ask(0)).finish('log(x);');
    await first;
    assert.equal(textOf(await withinTurn(completer.suggest(at('b.lo|\n'), wish, never))), 'g(x);');
    const closed = await withinTurn(completer.suggest(at('b.log(|)\n'), wish, never));
    assert.ok(closed.kind === 'suggestion');
    assert.deepEqual([closed.suggestion.text, closed.suggestion.replaces], ['x);', 1]);
    assert.equal(engine.asked.length, 1);
  });

  it('waits for a request in flight whose text is being typed', async () => {
    const { engine, completer } = setUp();
    const gone = new AbortController();
    const first = completer.suggest(at('b.|\n'), wish, gone.signal);
    const asked = await engine.ask(0);
    asked.write('lo');
    gone.abort();
    const second = completer.suggest(at('b.lo|\n'), wish, never);
    assert.equal(textOf(await first), '(cancelled)');
    asked.write('g()');
    asked.finish('log()');
    assert.equal(textOf(await second), 'g()');
    assert.equal(engine.asked.length, 1);
  });

  it('ends a request in flight that took another turn and asks anew', async () => {
    const { engine, completer } = setUp();
    const gone = new AbortController();
    void completer.suggest(at('b.|\n'), wish, gone.signal);
    const asked = await engine.ask(0);
    gone.abort();
    const second = completer.suggest(at('b.m|\n'), wish, never);
    asked.write('lo');
    (await engine.ask(1)).finish('ap()');
    assert.equal(textOf(await second), 'ap()');
    assert.equal(asked.signal.aborted, true);
  });

  it('ends a request in flight for which nobody waits any more', async () => {
    const { engine, completer } = setUp();
    const gone = new AbortController();
    const pending = completer.suggest(at('b.|\n'), wish, gone.signal);
    const asked = await engine.ask(0);
    gone.abort();
    assert.equal(textOf(await pending), '(cancelled)');
    await sleep(250);
    assert.equal(asked.signal.aborted, true);
  });

  it('asks for what comes after a text in flight that was typed to its end', async () => {
    const { engine, completer } = setUp();
    void completer.suggest(at('b.|\n'), wish, never);
    const asked = await engine.ask(0);
    const second = completer.suggest(at('b.log|\n'), wish, never);
    await sleep(0);
    asked.finish('log');
    (await engine.ask(1)).finish('();');
    assert.equal(textOf(await second), '();');
  });

  it('computes only the last of a burst', async () => {
    const { engine, completer } = setUp();
    const burst = ['a|', 'ab|', 'abc|'].map((text) => completer.suggest(at(text), wish, never));
    (await engine.ask(0)).finish('d');
    assert.deepEqual((await Promise.all(burst)).map(textOf), ['(cancelled)', '(cancelled)', 'd']);
    assert.equal(engine.asked.length, 1);
    assert.equal(engine.asked[0]!.params.prefix, 'abc');
  });

  it('says why nothing is offered', async () => {
    const { engine, completer } = setUp();
    const empty = completer.suggest(at('a|'), wish, never);
    (await engine.ask(0)).finish('');
    assert.equal(textOf(await empty), '(wroteNothing)');
    const unsure = completer.suggest(at('ab|'), { ...wish, minimumConfidence: 0.9 }, never);
    (await engine.ask(1)).finish('c');
    assert.equal(textOf(await unsure), '(unsure)');
    const late = completer.suggest(at('b|'), wish, never);
    (await engine.ask(2)).fail(new EngineError('deadline', 'Too late.'));
    assert.equal(textOf(await late), '(late)');
  });

  it('asks anew behind what was too unsure, and shows the rest of it once that is surer', async () => {
    const { engine, completer } = setUp();
    const careful = { ...wish, minimumConfidence: 0.7 };
    const whole = completer.suggest(at('a|'), careful, never);
    (await engine.ask(0)).finish('code');
    assert.equal(textOf(await whole), '(unsure)');
    assert.equal(textOf(await completer.suggest(at('a|'), careful, never)), '(unsure)');
    const behind = completer.suggest(at('ac|'), careful, never);
    (await engine.ask(1)).fail(new EngineError('deadline', 'Too late.'));
    assert.equal(textOf(await behind), '(late)');
    assert.equal(textOf(await completer.suggest(at('aco|'), careful, never)), 'de');
    assert.equal(engine.asked.length, 2);
  });

  it('asks anew where what was being written for an earlier place turns out too unsure', async () => {
    const { engine, completer } = setUp();
    const careful = { ...wish, minimumConfidence: 0.7 };
    const earlier = completer.suggest(at('a|'), careful, never);
    const asked = await engine.ask(0);
    asked.write('co');
    const behind = completer.suggest(at('ac|'), careful, never);
    asked.finish('code');
    assert.equal(textOf(await earlier), '(unsure)');
    (await engine.ask(1)).finish('ore');
    assert.equal(textOf(await behind), '(unsure)');
    assert.equal(engine.asked[1]!.params.prefix, 'ac');
  });

  it('shows what it is unsure of where it is asked for by command', async () => {
    const { engine, completer } = setUp();
    const asked = completer.suggest(at('a|'), { ...wish, minimumConfidence: 0.9, explicit: true }, never);
    (await engine.ask(0)).finish('b');
    assert.equal(textOf(await asked), 'b');
  });

  it('meets a broken model once, not once per key', async () => {
    const { engine, completer, log } = setUp();
    const first = completer.suggest(at('a|'), wish, never);
    (await engine.ask(0)).fail(new EngineError('modelInvalid', 'The model is cut short.'));
    assert.equal(textOf(await first), '(failed)');
    assert.equal(textOf(await completer.suggest(at('ab|'), wish, never)), '(failed)');
    assert.equal(engine.asked.length, 1);
    // Asked for by command, it is tried again, and found to be the same failure.
    const explicit = completer.suggest(at('ab|'), { ...wish, explicit: true }, never);
    (await engine.ask(1)).fail(new EngineError('modelInvalid', 'The model is cut short.'));
    assert.equal(textOf(await explicit), '(failed)');
    completer.reset();
    const mended = completer.suggest(at('ab|'), wish, never);
    (await engine.ask(2)).finish('c');
    assert.equal(textOf(await mended), 'c');
    assert.deepEqual(
      log.filter((line) => line.startsWith('The model')),
      ['The model is cut short.'],
    );
  });

  it('tries again at once after the process died', async () => {
    const { engine, completer } = setUp();
    const first = completer.suggest(at('a|'), wish, never);
    (await engine.ask(0)).fail(new EngineError('engineDied', 'The engine died.'));
    assert.equal(textOf(await first), '(failed)');
    const second = completer.suggest(at('a|'), wish, never);
    (await engine.ask(1)).finish('b');
    assert.equal(textOf(await second), 'b');
  });

  it('keeps what it offered, for those who ask why', async () => {
    const { engine, completer } = setUp();
    const pending = completer.suggest(at('a|'), wish, never);
    (await engine.ask(0)).finish('b');
    const outcome = await pending;
    assert.ok(outcome.kind === 'suggestion');
    assert.equal(completer.suggestions.accept(outcome.suggestion.id)?.text, 'b');
    const latest = completer.suggestions.latest('file:///a.ts');
    assert.equal(latest?.accepted, true);
    assert.ok(latest.written.result.promptIds instanceof Int32Array);
    assert.equal(completer.suggestions.latest('file:///b.ts'), undefined);
    assert.equal(completer.suggestions.accept(999), undefined);
  });
});

describe('the completer, asking ahead', () => {
  const ahead: SuggestionRequest = { ...wish, ahead: true };

  async function suggested() {
    const set = setUp();
    const pending = set.completer.suggest(at('  b.|\n'), ahead, never);
    (await set.engine.ask(0)).finish('log();');
    assert.equal(textOf(await pending), 'log();');
    return { ...set, behind: await set.engine.ask(1) };
  }

  it('has what follows ready when the suggestion is taken, and shows nobody that it worked', async () => {
    const { engine, completer, log, behind } = await suggested();
    assert.equal(behind.params.prefix, '  b.log();');
    assert.equal(behind.priority, 'ahead');
    behind.finish('');
    const next = await engine.ask(2);
    assert.equal(next.params.prefix, '  b.log();\n  ');
    next.finish('b.end();');
    await sleep(5);
    assert.equal(textOf(await withinTurn(completer.suggest(at('  b.log();|\n'), ahead, never))), '(wroteNothing)');
    const line = await withinTurn(completer.suggest(at('  b.log();\n  |\n'), ahead, never));
    assert.equal(textOf(line), 'b.end();');
    assert.deepEqual(log, ['started', 'served', 'ended']);
  });

  it('is ended at once by the next key, whether that asks the engine or not', async () => {
    const { completer, behind } = await suggested();
    assert.equal(behind.signal.aborted, false);
    void completer.suggest(at('  b.l|\n'), wish, never);
    assert.equal(behind.signal.aborted, true);
    const other = await suggested();
    void other.completer.suggest(at('  b.x|\n'), wish, never);
    assert.equal(other.behind.signal.aborted, true);
    assert.equal((await other.engine.ask(2)).priority, 'completion');
  });

  it('does nothing where it is not wanted', async () => {
    const { engine, completer } = setUp();
    const pending = completer.suggest(at('b.|\n'), wish, never);
    (await engine.ask(0)).finish('log();');
    await pending;
    await sleep(100);
    assert.equal(engine.asked.length, 1);
  });

  it('reads in the text around a resting cursor, once somebody is writing, and copies nothing', async () => {
    const { engine, completer } = setUp();
    completer.readIn(at('a.|\n'), ahead);
    await sleep(100);
    assert.equal(engine.asked.length, 0);
    const pending = completer.suggest(at('b.|\n'), wish, never);
    (await engine.ask(0)).finish('log();');
    await pending;
    // There it has been read.
    completer.readIn(at('b.|\n'), ahead);
    completer.readIn(at('password = "hunter2hunter2"|\n'), ahead);
    completer.readIn(at('c.|\n', 'file:///c.ts'), { ...ahead, neighbours: () => assert.fail('not asked for') });
    const read = await engine.ask(1);
    assert.equal(read.params.prefix, 'c.');
    assert.deepEqual([read.params.maxTokens, read.priority, read.params.neighbours], [1, 'ahead', undefined]);
    void completer.suggest(at('c.d|\n', 'file:///c.ts'), wish, never);
    assert.equal(read.signal.aborted, true);
  });
});
