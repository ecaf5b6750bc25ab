/** Numbers as messages and files hold them, for schemas everywhere. */
import * as v from 'valibot';

/** A whole number from 0 on. */
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** A whole number from 1 on. */
export const positive = v.pipe(v.number(), v.integer(), v.minValue(1));
