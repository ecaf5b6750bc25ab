/**
 * A capture of a question and a search hit, answered from token pairs in the page without asking the host. Used by
 * `app.ts` and by every part that treats such captures differently.
 */
import type { CaptureView, ShownSimilarity, Tile, AttentionWeights } from '../../src/features/inspector/messages';
import { PageError } from '../../src/ipc/pages/protocol';
import { Capture } from './data';
import type { MapPlace } from './data';
import { PairTable } from './model/similarity';

/** A question and what was found for it: all that is asked of them is in the page. */
export class SimilarityCapture extends Capture {
  readonly table: PairTable;

  constructor(
    shown: CaptureView,
    readonly similarity: ShownSimilarity,
  ) {
    super(shown, (name) => Promise.reject(new PageError('invalid', `Texts that were read apart have no ${name}.`)));
    this.table = new PairTable(similarity.pairs, this.tokens(0), this.tokens(1));
  }

  override weights(
    _place: MapPlace,
    span: { from: number; to: number },
    direction: 'reads' | 'readBy',
  ): Promise<AttentionWeights> {
    return Promise.resolve({ values: this.table.sums(span, direction), sinkShare: 0, effectiveContext: 0 });
  }

  override tile(
    _place: MapPlace,
    level: number,
    _kind: 'mean' | 'max',
    area: { x: number; y: number; width: number; height: number },
  ): Promise<Tile> {
    return Promise.resolve({ x: area.x, y: area.y, ...this.table.cells(level, area) });
  }
}

export function isSimilarity(capture: Capture | undefined): capture is SimilarityCapture {
  return capture instanceof SimilarityCapture;
}
