/**
 * Registry of those who give facts to *Diagnose*: features add theirs, and the status feature, which shows them all, need not
 * know the others. A source that fails leaves its facts out.
 */
import type { DiagnosisFacts, FactsSource } from './facts';

export class DiagnosisSources {
  readonly #sources = new Set<FactsSource>();

  /** @returns takes it away again */
  add(source: FactsSource): () => void {
    this.#sources.add(source);
    return () => this.#sources.delete(source);
  }

  /** What all of them give. Rejects never. */
  async collect(): Promise<Partial<DiagnosisFacts>> {
    const parts = await Promise.all([...this.#sources].map((source) => source().catch(() => ({}))));
    return Object.assign({}, ...parts) as Partial<DiagnosisFacts>;
  }
}
