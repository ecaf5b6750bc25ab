/** How other tools hold and draw the same weights, counted: they cannot draw what is measured here. */

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
 * @param row one head's weights, to see how long a weight is in print
 */
export function bertviz({ layers, heads, tokens }: Size, row: Float32Array): Representation {
  const cells = layers * heads * tokens ** 2;
  return { elements: cells, bytes: Math.round((cells * JSON.stringify(Array.from(row)).length) / row.length) };
}

/** inspectus: all weights as float32 in base64, and for the matrix on screen a rectangle with a title for every cell. */
export function inspectus({ layers, heads, tokens }: Size): Representation {
  return { elements: 2 * tokens ** 2, bytes: layers * heads * Math.ceil((4 * tokens ** 2) / 3) * 4 };
}
