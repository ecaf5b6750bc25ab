/** Tells the files of tests by their paths; used by the ranking of search hits and by the tests of a hit. Opens no file. */

const testPath =
  /(?:^|\/)(?:tests?|__tests__|specs?|fixtures|mocks?|__mocks__)\/|[._-](?:test|spec)s?\.[a-z]+$|(?:^|\/)test_[^/]*\.py$/i;

/** @param path with `/` between folders */
export function isTest(path: string): boolean {
  return testPath.test(path);
}
