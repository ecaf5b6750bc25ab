/** How other tools hold and draw the same weights, by their source: for sizes at which they make or draw no page. */

export interface Representation {
  /** Elements of the page. */
  readonly elements: number;
  /** What is sent to the page. */
  readonly bytes: number;
}

export interface Size {
  readonly layers: number;
  readonly heads: number;
  readonly tokens: number;
}

/**
 * bertviz's model view: all weights as JSON text, and a line for every cell of every head (`model_view.js`).
 *
 * @param row one causal head's weights, to see how long a weight is in print
 */
export function bertviz({ layers, heads, tokens }: Size, row: Float32Array): Representation {
  const maps = layers * heads;
  const read = (tokens * (tokens + 1)) / 2;
  // Each with a comma and a space behind it; what a token cannot read is printed too.
  const printed = JSON.stringify(Array.from(row)).length / row.length + 1;
  return {
    elements: maps * tokens ** 2,
    bytes: Math.round(maps * (read * printed + (tokens ** 2 - read) * '0.0, '.length)),
  };
}

/** inspectus: all weights as float32 in base64, and for the matrix on screen a rectangle with a title for every cell. */
export function inspectus({ layers, heads, tokens }: Size): Representation {
  return { elements: 2 * tokens ** 2, bytes: layers * heads * Math.ceil((4 * tokens ** 2) / 3) * 4 };
}
