/**
 * Renders Jinja templates of model folders, which may come from anywhere: rendering ends after so many steps, so much
 * time and so much text. Used by chat prompts.
 */
import { Environment, Interpreter, parse, Template, tokenize } from '@huggingface/jinja';

/** Nodes of the template that are evaluated; a message of a conversation takes some hundred. */
const maxSteps = 1_000_000;
const maxMs = 2_000;
/** UTF-16 units that a text may have beyond what it is made of, and items of a list. */
const maxTextLength = 2 ** 20;
const maxItems = 10_000;
/** The clock is asked once in so many steps. */
const stepsPerLook = 256;

type Program = ReturnType<typeof parse>;
type Statement = Parameters<Interpreter['evaluate']>[0];
type Value = ReturnType<Interpreter['evaluate']>;

export class BoundedTemplate {
  readonly #program: Program;

  /** @throws {Error} where the text is no Jinja */
  constructor(text: string) {
    this.#program = parse(tokenize(text, { lstrip_blocks: true, trim_blocks: true }));
  }

  /**
   * @param values by name
   * @throws {Error} what the template raises; with a sentence where it takes too long, too many steps or too much text
   */
  render(values: Readonly<Record<string, unknown>>): string {
    const environment = new Environment();
    for (const [name, value] of Object.entries({ ...globals, ...values })) environment.set(name, value);
    const longest = maxTextLength + 4 * JSON.stringify(values).length;
    const result = new BoundedInterpreter(environment, longest).run(this.#program).value;
    return typeof result === 'string' ? result : '';
  }
}

class BoundedInterpreter extends Interpreter {
  #steps = 0;
  readonly #end = performance.now() + maxMs;

  constructor(
    environment: Environment,
    private readonly longest: number,
  ) {
    super(environment);
  }

  override evaluate(statement: Statement | undefined, environment: Environment): Value {
    if (++this.#steps > maxSteps) throw new Error('it takes too many steps');
    if (this.#steps % stepsPerLook === 0 && performance.now() > this.#end) throw new Error('it takes too long');
    const value = super.evaluate(statement, environment);
    const content: unknown = value.value;
    if (typeof content === 'string' && content.length > this.longest) throw new Error('it writes too much');
    if (Array.isArray(content) && content.length > this.longest) throw new Error('it makes too long a list');
    return value;
  }
}

const clock = new Template('{{ strftime_now(format) }}');

/** As the library's own templates have them; ranges are bounded, since a list is made before any step is counted. */
const globals: Readonly<Record<string, unknown>> = {
  true: true,
  false: false,
  none: null,
  True: true,
  False: false,
  None: null,
  raise_exception: (message: string): never => {
    throw new Error(message);
  },
  range: (first: number, second?: number, step = 1): number[] => {
    const [start, stop] = second === undefined ? [0, first] : [first, second];
    const length = Math.max(0, Math.ceil((stop - start) / step));
    if (step === 0 || !(length <= maxItems)) throw new Error('it makes a range without an end, or too long a one');
    return Array.from({ length }, (_, index) => start + index * step);
  },
  strftime_now: (format: string): string => clock.render({ format }),
};
