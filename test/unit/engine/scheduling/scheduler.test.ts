import assert from 'node:assert/strict';
import { EngineError } from '../../../../src/ipc/engine/errors';
import type { Priority } from '../../../../src/ipc/engine/protocol';
import { Scheduler } from '../../../../src/engine/scheduling/scheduler';
import type { Step } from '../../../../src/common/step';

/** A job that writes `name0`, `name1`, … into a log, one a step. */
function steps(log: string[], name: string, count: number, onStep?: (index: number) => void) {
  return async (step: Step): Promise<string> => {
    for (let index = 0; index < count; index++) {
      log.push(`${name}${index}`);
      onStep?.(index);
      await step();
    }
    return name;
  };
}

describe('scheduler', () => {
  let scheduler: Scheduler;
  let log: string[];
  const never = new AbortController().signal;
  const submit = (priority: Priority, run: (step: Step) => Promise<string>, signal = never) =>
    scheduler.run({ priority, signal, run });

  beforeEach(() => {
    scheduler = new Scheduler();
    log = [];
  });

  it('runs jobs of the same priority one after the other, in order', async () => {
    const results = await Promise.all(['a', 'b', 'c'].map((name) => submit('completion', steps(log, name, 2))));
    assert.deepEqual(results, ['a', 'b', 'c']);
    assert.deepEqual(log, ['a0', 'a1', 'b0', 'b1', 'c0', 'c1']);
  });

  it('begins the most urgent of those that wait', async () => {
    const first = submit('completion', steps(log, 'first', 1));
    const order: Priority[] = ['index', 'summarize', 'inspect', 'completion', 'index'];
    await Promise.all([first, ...order.map((priority) => submit(priority, steps(log, `${priority} `, 1)))]);
    assert.deepEqual(log, ['first0', 'completion 0', 'summarize 0', 'inspect 0', 'index 0', 'index 0']);
  });

  it('lets a more urgent job in at the next step, and goes on afterwards', async () => {
    let urgent: Promise<string> | undefined;
    const slow = submit(
      'index',
      steps(log, 'slow', 4, (index) => {
        if (index === 1) urgent = submit('completion', steps(log, 'urgent', 2));
      }),
    );
    assert.equal(await slow, 'slow');
    assert.equal(await urgent, 'urgent');
    assert.deepEqual(log, ['slow0', 'slow1', 'urgent0', 'urgent1', 'slow2', 'slow3']);
  });

  it('lets ever more urgent jobs in, and goes back to the most urgent that waits', async () => {
    const others: Promise<string>[] = [];
    const slow = submit(
      'index',
      steps(log, 'slow', 2, (index) => {
        if (index > 0) return;
        others.push(submit('index', steps(log, 'later', 1)));
        others.push(
          submit(
            'summarize',
            steps(log, 'middle', 2, (middle) => {
              if (middle === 0) others.push(submit('completion', steps(log, 'urgent', 1)));
            }),
          ),
        );
      }),
    );
    await slow;
    await Promise.all(others);
    assert.deepEqual(log, ['slow0', 'middle0', 'urgent0', 'middle1', 'slow1', 'later0']);
  });

  it('runs one job at a time, and of each priority begins none before the last has ended', async () => {
    const kinds = ['completion', 'summarize', 'inspect', 'index'] as const;
    const owners = new Map<Priority, number>();
    let running = 0;
    const results = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        await new Promise((resolve) => setTimeout(resolve, (index * 7) % 40));
        const priority = kinds[(index * 5) % 4]!;
        return submit(priority, async (step) => {
          owners.set(priority, index);
          for (let count = 0; count < 5; count++) {
            assert.equal(++running, 1);
            await Promise.resolve();
            running--;
            await step();
            assert.equal(owners.get(priority), index);
          }
          return `${index}`;
        });
      }),
    );
    assert.deepEqual(
      results,
      results.map((_, index) => `${index}`),
    );
  });

  it('interrupts what runs for more urgent jobs only', async () => {
    const others: Promise<string>[] = [];
    const found: (boolean | undefined)[] = [];
    await submit('summarize', async (step) => {
      for (const priority of ['index', 'summarize', 'completion'] as const) {
        const interrupt = await step();
        others.push(submit(priority, steps(log, priority, 1)));
        found.push(interrupt?.aborted);
      }
      found.push((await step())?.aborted);
      return '';
    });
    await Promise.all(others);
    assert.deepEqual(found, [false, false, true, false]);
    assert.deepEqual(log, ['completion0', 'summarize0', 'index0']);
  });

  it('interrupts what runs for a job that is no longer wanted', async () => {
    const controller = new AbortController();
    let interrupted: boolean | undefined;
    const job = submit(
      'completion',
      async (step) => {
        const interrupt = await step();
        controller.abort(new EngineError('cancelled', 'No longer wanted.'));
        interrupted = interrupt?.aborted;
        await step();
        return '';
      },
      controller.signal,
    );
    await assert.rejects(job, { code: 'cancelled' });
    assert.equal(interrupted, true);
  });

  it('ends a running job at its next step when its signal aborts', async () => {
    const controller = new AbortController();
    const job = submit(
      'completion',
      steps(log, 'job', 9, (index) => {
        if (index === 2) controller.abort(new EngineError('cancelled', 'No longer wanted.'));
      }),
      controller.signal,
    );
    await assert.rejects(job, { code: 'cancelled' });
    assert.deepEqual(log, ['job0', 'job1', 'job2']);
    assert.equal(await submit('completion', steps(log, 'next', 1)), 'next');
  });

  it('ends a job that still waits for its turn when its signal aborts, without running it', async () => {
    const controller = new AbortController();
    const running = submit('completion', steps(log, 'running', 3));
    const queued = submit('completion', steps(log, 'queued', 1), controller.signal);
    controller.abort(new EngineError('deadline', 'Too late.'));
    await assert.rejects(queued, { code: 'deadline' });
    await running;
    assert.deepEqual(log, ['running0', 'running1', 'running2']);
  });

  it('ends a job that waits for a more urgent one when its signal aborts', async () => {
    const controller = new AbortController();
    let urgent: Promise<string> | undefined;
    const slow = submit(
      'index',
      steps(log, 'slow', 2, () => {
        urgent = submit(
          'completion',
          steps(log, 'urgent', 3, (index) => {
            if (index === 1) controller.abort(new EngineError('deadline', 'Too late.'));
          }),
        );
      }),
      controller.signal,
    );
    await assert.rejects(slow, { code: 'deadline' });
    assert.equal(await urgent, 'urgent');
    assert.deepEqual(log, ['slow0', 'urgent0', 'urgent1', 'urgent2']);
  });

  it('keeps a partial result that a job makes of its deadline', async () => {
    const controller = new AbortController();
    const job = submit(
      'completion',
      async (step) => {
        try {
          for (;;) {
            await step();
            controller.abort(new EngineError('deadline', 'Too late.'));
          }
        } catch (error) {
          return error instanceof EngineError && error.code === 'deadline' ? 'partial' : 'nothing';
        }
      },
      controller.signal,
    );
    assert.equal(await job, 'partial');
  });

  it('does not begin a job whose signal is aborted already', async () => {
    const signal = AbortSignal.abort(new EngineError('cancelled', 'No longer wanted.'));
    await assert.rejects(submit('completion', steps(log, 'job', 1), signal), { code: 'cancelled' });
    assert.deepEqual(log, []);
  });

  it('goes on after a job that fails', async () => {
    const failing = submit('completion', () => Promise.reject(new EngineError('runtime', 'Out of memory.')));
    const next = submit('completion', steps(log, 'next', 1));
    await assert.rejects(failing, { code: 'runtime' });
    assert.equal(await next, 'next');
  });

  it('lets messages and timers in between any two steps', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await submit('completion', async (step) => {
      // Far longer than it takes: a step that lets nothing in between would go on for ever.
      const latest = performance.now() + 20_000;
      while (ticks <= 5 && performance.now() < latest) await step();
      return '';
    });
    clearInterval(timer);
    assert.ok(ticks > 5, `${ticks} ticks`);
  });
});
