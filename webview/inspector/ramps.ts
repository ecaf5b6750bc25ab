/**
 * Colour ramps for attention cells in the current theme, cached so that painters can compare them by identity. Used by
 * the heads and matrix views.
 */
import { divergingRamp, luminance, ramp } from './model/colour';
import type { Theme } from './theme';

let made:
  | {
      readonly key: string;
      readonly heat: Uint8ClampedArray<ArrayBuffer>;
      readonly difference: Uint8ClampedArray<ArrayBuffer>;
    }
  | undefined;

/** The colours of cells in a theme; the same arrays for the same theme, so that nothing is uploaded twice. */
export function rampsOf(theme: Theme): {
  readonly heat: Uint8ClampedArray<ArrayBuffer>;
  readonly difference: Uint8ClampedArray<ArrayBuffer>;
} {
  const { background, foreground, reads, readBy, highContrast } = theme;
  const key = JSON.stringify([background, foreground, reads, readBy, highContrast]);
  if (made?.key !== key) {
    const brightest = luminance(background) < 0.4 ? ([255, 255, 255] as const) : ([0, 0, 0] as const);
    made = {
      key,
      heat: ramp(background, highContrast ? foreground : reads, brightest),
      difference: divergingRamp(readBy, background, reads),
    };
  }
  return made;
}
