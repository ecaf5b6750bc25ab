/**
 * Selects ONNX Runtime's grouped-attention kernel through an environment variable, on x64 only; called by `session.ts`
 * and `native/library.ts` before the runtime is loaded.
 */

/** Read by ONNX Runtime when it makes the kernel of a GroupQueryAttention. */
const setting = 'ORT_GQA_DISABLE_FLASH_ATTENTION';

/**
 * Has grouped attention calculate whole rows of scores. The other kernel, which ONNX Runtime prefers, saves memory that
 * runs of 128 rows do not need and takes longer: with 512 rows in the cache such a run of a decoder of 135 million
 * weights takes 6 % less time this way, with 1,900 rows 11 %, a single row as long or less. That was measured on x64.
 */
export function chooseAttentionKernel(): void {
  if (process.arch === 'x64') process.env[setting] ??= '1';
}
