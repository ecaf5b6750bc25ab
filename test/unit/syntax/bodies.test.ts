import assert from 'node:assert/strict';
import type { BodyState } from '../../../src/syntax/bodies';
import type { Grammar } from '../../../src/syntax/languages';
import { grammars } from '../../support/grammars';

describe('bodyStateAt', () => {
  /** The place is at `|`. */
  const cases: readonly (readonly [grammar: Grammar, text: string, state: BodyState])[] = [
    ['javascript', 'function a() {\n  |\n}\n', 'empty'],
    ['javascript', 'function a() {|}\n', 'empty'],
    ['javascript', 'function a() {\n  // why\n  |\n}\n', 'empty'],
    ['javascript', 'function a() {\n  |\n  return 1;\n}\n', 'filled'],
    ['javascript', 'if (a) {\n  |\n}\n', 'empty'],
    ['javascript', 'const a = {\n  |\n};\n', 'filled'],
    ['javascript', 'run([\n  |\n]);\n', 'filled'],
    ['javascript', 'run(\n  |\n);\n', 'filled'],
    ['javascript', 'const a = `b {\n  |\n}`;\n', 'filled'],
    ['javascript', 'const a = `${(() => {\n  |\n})()}`;\n', 'empty'],
    ['javascript', '/* {\n  |\n} */\n', 'filled'],
    ['javascript', 'class A {\n  |\n}\n', 'empty'],
    ['typescript', 'interface A {\n  |\n}\n', 'empty'],
    ['typescript', 'class A {\n  @Input() a = 1;\n  |\n}\n', 'filled'],
    ['typescript', '@Component({\n  |\n})\nclass A {}\n', 'filled'],
    ['tsx', 'const a = () => {\n  |\n};\n', 'empty'],
    ['python', 'def a():\n    |\n\nb = 1\n', 'empty'],
    ['python', 'class A:\n    |\n', 'empty'],
    ['python', 'def a():\n    x = 1\n    |\n', 'filled'],
    ['python', 'a = {\n    |\n}\n', 'filled'],
    ['python', 'a = """\n    |\n"""\n', 'filled'],
    ['java', 'class A {\n  void a() {\n    |\n  }\n}\n', 'empty'],
    ['cpp', 'int a()\n{\n    |\n}\n', 'empty'],
    ['c-sharp', 'class A\n{\n    void B()\n    {\n        |\n    }\n}\n', 'empty'],
    ['go', 'package a\n\nfunc b() {\n\t|\n}\n', 'empty'],
    ['rust', 'fn a() {\n    |\n}\n', 'empty'],
    ['ruby', 'def a\n  |\nend\n', 'empty'],
    ['ruby', 'a = <<~TEXT\n  {\n  |\nTEXT\n', 'filled'],
    ['php', '<?php\nfunction a() {\n    |\n}\n', 'empty'],
    ['php', '<?php\n$a = <<<TEXT\n{\n|\nTEXT;\n', 'filled'],
    ['bash', 'a() {\n  |\n}\n', 'empty'],
    ['bash', 'cat <<EOF\n{\n  |\nEOF\n', 'filled'],
  ];
  for (const [grammar, text, state] of cases) {
    it(`is ${state} in ${grammar}: ${JSON.stringify(text)}`, async () => {
      const at = text.indexOf('|');
      assert.equal(await grammars.emptyBodyAt(text.slice(0, at) + text.slice(at + 1), grammar, at), state);
    });
  }
});
