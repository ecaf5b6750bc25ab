/**
 * Converts weights to bytes and back; used by every module that stores, pools or sums maps. A round trip moves no
 * weight by more than 1/255.
 */

/**
 * Weights as bytes: u = round(255·√w). By the root, because small weights matter: of 2,048 even ones each is 0.0005,
 * which linear steps of 1/255 would round to nothing. A byte and back moves no weight by more than 1/255.
 */
export function quantize(weight: number): number {
  // Weights are no larger than 1 but for rounding; a byte array wraps, so that rounding must not reach it.
  return weight >= 1 ? 255 : (255 * Math.sqrt(weight) + 0.5) | 0;
}

/** The weight of each byte: (u/255)². */
export const weightOf: Float32Array = Float32Array.from({ length: 256 }, (_, u) => (u / 255) ** 2);
