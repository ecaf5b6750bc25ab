import assert from 'node:assert/strict';
import { join } from 'node:path';
import { StaticEmbedder } from '../../../../src/modelFolder/table/staticTable';
import { SearchIndex } from '../../../../src/indexer/searchIndex';
import { cosineFloor } from '../../../../src/indexer/vectors/relevance';
import { Shelves } from '../../../../src/indexer/vectors/shelf';
import { makeFolder } from '../../../support/folder';
import { grammars } from '../../../support/grammars';
import { root } from '../../../support/paths';
import { createRandom } from '../../../support/random';

describe('what is no answer', function () {
  let index: SearchIndex;
  before(async () => {
    // Code at a version that package-lock.json pins.
    index = new SearchIndex({
      root: join(root, 'node_modules/express/lib'),
      store: makeFolder(),
      grammars,
      fast: await StaticEmbedder.open(join(root, 'models/search')),
    });
    index.becomeWriter();
    await index.update();
  });
  after(() => index.close());

  it('is not shown, however near it is by chance', async () => {
    assert.ok(index.coverage().chunks > 100);
    for (const question of [
      'qvorkle zimbat',
      'hgfdsa poiuytrewq',
      'sleeping hedgehogs',
      'wobblefrotz',
      'mushroom risotto',
      'lkjh mnbv',
    ]) {
      assert.deepEqual(
        (await index.search(question)).map(({ path, symbol }) => `${path} ${symbol}`),
        [],
        question,
      );
    }
  });

  it('is told from what is near by meaning alone', async () => {
    for (const [question, path] of [
      ['reply with an error status', 'response.js'],
      ['is this an ajax call', 'request.js'],
      ['compress the payload', 'utils.js'],
    ] as const) {
      const hits = await index.search(question, { mode: 'dense' });
      assert.ok(
        hits.some((hit) => hit.path === path),
        `${question}: ${hits.map((hit) => hit.path).join()}`,
      );
    }
  });

  it('is unknown where there is too little to compare with', () => {
    const random = createRandom(9);
    const row = (): Int8Array => Int8Array.from({ length: 16 }, () => Math.floor(random() * 255) - 127);
    const vectors = new Shelves(16);
    for (let count = 0; count < 31; count++) vectors.add(row());
    assert.equal(cosineFloor(vectors, [row()]), -1);
    for (let count = 0; count < 5_000; count++) vectors.add(row());
    assert.equal(cosineFloor(vectors, []), -1);
    // Cosines of random directions in 16 dimensions have a deviation of a quarter.
    assert.ok(Math.abs(cosineFloor(vectors, Array.from({ length: 9 }, row)) - 4.5 / 4) < 0.1);
  });
});
