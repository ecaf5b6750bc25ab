import assert from 'node:assert/strict';
import { childEnvironment, lastLine } from '../../../../src/ipc/process/child';

describe('environment of our processes', () => {
  it('is the host’s, less what opens an inspector port or loads other code', () => {
    const host = { PATH: '/bin', NODE_OPTIONS: '--inspect --require ./hook.js', VSCODE_INSPECTOR_OPTIONS: '{}' };
    assert.deepEqual(childEnvironment(host, false), { PATH: '/bin' });
  });

  it('makes Electron behave as Node', () => {
    assert.deepEqual(childEnvironment({ PATH: '/bin' }, true), { PATH: '/bin', ELECTRON_RUN_AS_NODE: '1' });
  });
});

describe('last words of a process', () => {
  for (const [what, stderr, words] of [
    ['nothing', '\n \n', ''],
    ['one line', 'out of memory.\n', 'out of memory'],
    [
      'several lines',
      'warning: slow\nterminate called after throwing an instance\n',
      'terminate called after throwing an instance',
    ],
    [
      'an error of Node',
      "node:internal/modules\n  throw err;\n  ^\n\nError: Cannot find module 'x'\n    at Function._load (a.js:1:2)\n\nNode.js v24.1.0\n",
      "Error: Cannot find module 'x'",
    ],
    ['a stack alone', 'Segmentation fault\n    at run (native)\n', 'Segmentation fault'],
  ] as const) {
    it(`of ${what}`, () => assert.equal(lastLine(stderr), words));
  }
});
