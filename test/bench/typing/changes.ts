/** Which changes are typed: the same ones for each contender, from pinned packages. Used by the benchmarks of typing and of servers. */
import { readVersions, stepsOf } from '../next-edit/packages';
import { randomFrom, shuffled } from '../quality/random';
import { changesOf } from './edits';
import type { EditMoment } from './edits';

/** Of one change, so that long ones are not all that is typed. */
const keysOfChange = 30;

/**
 * Changes between the last two versions of each package, in an order by chance that is the same each time.
 *
 * @param packages names of those in `next-edit/data/packages.json` that nothing was trained or fitted on
 * @param keysEach so many keys of each package
 */
export async function readChanges(packages: readonly string[], keysEach: number): Promise<(readonly EditMoment[])[]> {
  const known = await readVersions('report');
  const found: (readonly EditMoment[])[] = [];
  for (const name of packages) {
    const { registry, versions } = known.find((one) => one.name === name)!;
    const last = Object.fromEntries(Object.entries(versions).slice(-2));
    const steps = await stepsOf({ name, registry, use: 'report', versions: last });
    let keys = 0;
    // Any of them: the first are often about one thing.
    for (const change of shuffled(
      steps.flatMap((step) => [...changesOf(step)]),
      randomFrom(name),
    )) {
      const most = Math.min(keysOfChange, keysEach - keys);
      if (most > 0) found.push(change.slice(0, most));
      keys += Math.min(most, change.length);
    }
  }
  return found;
}
