import assert from 'node:assert/strict';
import { BoundedTemplate } from '../../../../src/engine/prompt/boundedTemplate';

describe('templates of anybody', () => {
  const render = (text: string, values = {}) => new BoundedTemplate(text).render(values);

  it('are rendered as the library does', () => {
    assert.equal(
      render('{% for i in range(2, 8, 3) %}{{ i }},{% endfor %}{{ x }}{{ none is none }}', { x: 'y' }),
      '2,5,ytrue',
    );
    assert.match(render("{{ strftime_now('%Y-%m-%d') }}"), /^\d{4}-\d\d-\d\d$/);
    assert.throws(() => render("{{ raise_exception('No.') }}"), /^Error: No\.$/);
    const long = 'x'.repeat(3_000_000);
    assert.equal(render('{{ text }}{{ text }}', { text: long }).length, 6_000_000);
  });

  it('end, whatever they do', () => {
    const loop = (inner: string, depth: number): string =>
      depth === 0 ? inner : `{% for i in range(9999) %}${loop(inner, depth - 1)}{% endfor %}`;
    for (const text of [
      '{% for i in range(30000000) %}{% endfor %}',
      '{% for i in range(99999999999999999999) %}{% endfor %}',
      '{{ range(5, 1, 0) }}',
      loop('{{ i }}', 3),
      loop('{% set x = i %}', 4),
      `{% set ns = namespace(x='xxxxxxxx') %}${loop('{% set ns.x = ns.x ~ ns.x %}', 1)}`,
      `{% set ns = namespace(x=[1]) %}${loop('{% set ns.x = ns.x + ns.x %}', 1)}`,
      '{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}',
    ]) {
      const start = performance.now();
      assert.throws(() => render(text), text.slice(0, 60));
      assert.ok(performance.now() - start < 20_000, text);
    }
  });
});
