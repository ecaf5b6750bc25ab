import assert from 'node:assert/strict';
import { align, rename } from '../../../src/nearby/renaming';

const aligned = (here: string, there: string) => align(here, here.length, there, there.length);
const renames = (here: string, there: string) => Object.fromEntries(aligned(here, there).renames);

describe('align', () => {
  it('counts the tokens that agree backwards, blanks aside', () => {
    assert.equal(aligned('x; if (a.b)  {', 'y, if(a.b){').tokens, 7);
    assert.equal(aligned('', 'a').tokens, 0);
    assert.equal(aligned('a b c', 'a b c').tokens, 3);
  });

  it('tells which names stand for which, always the same', () => {
    assert.deepEqual(renames('this.width = options.', 'this.height = options.'), { height: 'width' });
    assert.deepEqual(renames('{ set(b, b); b = ', '{ set(a, a); a = '), { a: 'b' });
    // `a` would have to stand for `b` and for `c`.
    assert.equal(aligned('( c, b ) = ', '( a, a ) = ').tokens, 4);
    // What has stood for itself stands for nothing else.
    assert.equal(aligned('(b, a = ', '(a, a = ').tokens, 3);
  });

  it('takes keywords and numbers for nothing else, nor more than three names', () => {
    assert.equal(aligned('return x', 'await x').tokens, 1);
    assert.equal(aligned('1 + x', '2 + x').tokens, 2);
    assert.deepEqual(renames('a b c d', 'e f g h'), { f: 'b', g: 'c', h: 'd' });
  });

  it('looks no further than sixty tokens back, and at texts beyond ASCII as at others', () => {
    assert.equal(aligned('a;'.repeat(100), 'a;'.repeat(100)).tokens, 60);
    assert.deepEqual(renames('größe = maße.', 'länge = maße.'), { länge: 'größe' });
  });
});

describe('rename', () => {
  const named = (text: string, from: string, to: string) => rename(text, new Map([[from, to]]));

  it('puts names in the place of others, and of parts of them', () => {
    assert.equal(named('order.id = findOrder(order);', 'order', 'user'), 'user.id = findUser(user);');
    assert.equal(named('ORDER_LIMIT, order_count, reorder', 'order', 'user'), 'USER_LIMIT, user_count, reorder');
  });

  it('finds what two names differ in, in each way of writing it', () => {
    assert.equal(named('loadOrder(orderId, ORDER_LINE)', 'loadOrder', 'loadUser'), 'loadUser(userId, USER_LINE)');
    assert.equal(named('line_item.lineItem.LineItem', 'get_line_item', 'get_tax'), 'tax.tax.Tax');
  });

  it('leaves short parts and other names alone', () => {
    assert.equal(named('is.isNot(id)', 'is', 'has'), 'has.isNot(id)');
    assert.equal(named('border', 'order', 'user'), 'border');
  });
});
