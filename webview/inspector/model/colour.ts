/**
 * Colour arithmetic: parsing CSS colours, mixing, ramps of 256 colours and luminance. Used by `theme.ts`, `ramps.ts`
 * and the painters; pure functions.
 */

/** Colours of a theme as numbers, and ramps between them. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Reads `#rgb`, `#rrggbb`, `#rrggbbaa`, `rgb(…)` and `rgba(…)`; what is transparent is taken as solid. */
export function parseColour(text: string, fallback: Rgb): Rgb {
  const trimmed = text.trim();
  const hex = /^#([0-9a-f]{3,8})$/i.exec(trimmed)?.[1];
  if (hex !== undefined) {
    const long = hex.length < 6 ? hex.replace(/./g, '$&$&') : hex;
    return [0, 2, 4].map((at) => Number.parseInt(long.slice(at, at + 2), 16)) as unknown as Rgb;
  }
  const parts =
    /^rgba?\(([^)]*)\)$/i
      .exec(trimmed)?.[1]
      ?.split(/[\s,/]+/)
      .map(Number) ?? [];
  const [red, green, blue] = parts;
  if (red === undefined || green === undefined || blue === undefined || [red, green, blue].some(Number.isNaN))
    return fallback;
  return [red, green, blue];
}

export function mix(from: Rgb, to: Rgb, part: number): Rgb {
  return [0, 1, 2].map((i) =>
    Math.round((from[i] as number) + ((to[i] as number) - (from[i] as number)) * part),
  ) as unknown as Rgb;
}

export function css([red, green, blue]: Rgb, alpha = 1): string {
  return alpha === 1 ? `rgb(${red} ${green} ${blue})` : `rgb(${red} ${green} ${blue} / ${alpha})`;
}

/** 256 colours from the background by way of a hue to what stands out most, 4 bytes each. */
export function ramp(background: Rgb, hue: Rgb, brightest: Rgb): Uint8ClampedArray<ArrayBuffer> {
  const colours = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i++) {
    const part = i / 255;
    const colour = part < 0.6 ? mix(background, hue, part / 0.6) : mix(hue, brightest, ((part - 0.6) / 0.4) * 0.75);
    colours.set([...colour, 255], 4 * i);
  }
  return colours;
}

/** 256 colours for differences: one hue below 128, the background at it, the other hue above. */
export function divergingRamp(negative: Rgb, background: Rgb, positive: Rgb): Uint8ClampedArray<ArrayBuffer> {
  const colours = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i++) {
    const part = Math.min(1, Math.abs(i - 128) / 127);
    colours.set([...mix(background, i < 128 ? negative : positive, part), 255], 4 * i);
  }
  return colours;
}

/** Relative luminance, 0…1 (WCAG). */
export function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
