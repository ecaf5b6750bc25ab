import assert from 'node:assert/strict';
import type { Group } from '../../../../src/features/search/messages';
import { byFolder } from '../../../../webview/search/folders';

describe('hits by folder', () => {
  it('stand in the order of the best hit of each folder, with how many there are', () => {
    const group = (folder: string, name: string, hits: number): Group => ({
      folder,
      name,
      hits: Array.from({ length: hits }, (_, number) => ({
        number,
        symbol: '',
        lines: '1',
        snippet: { line: 1, text: '', marks: [] },
        why: [],
        uri: '',
      })),
    });
    const folders = byFolder([group('src', 'a', 2), group('', 'b', 1), group('src', 'c', 3), group('test', 'd', 1)]);
    assert.deepEqual(
      folders.map(({ name, groups, hits }) => [name, groups.map((own) => own.name).join(), hits]),
      [
        ['src', 'a,c', 5],
        ['', 'b', 1],
        ['test', 'd', 1],
      ],
    );
    assert.deepEqual(byFolder([]), []);
  });
});
