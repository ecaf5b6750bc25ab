/**
 * Export menu: picture, drawing, numbers, matrix, session and link of what the panel shows. Used by the header; the
 * host writes the files.
 */
import type { ExportKind } from '../../src/features/inspector/messages';
import { t } from '../shared/translate';
import type { PanelContext } from './context';
import { button, icons } from './controls';
import type { FocusFinder } from './focus';
import { writeState } from './model/state';
import { Popup } from './popup';
import { isSimilarity } from './similarity';
import { SvgPainter } from './svgPainter';
import type { CodeView } from './views/code';
import { paintCode } from './views/codePainter';
import { placeOf } from './focus';

/** What has a picture on screen. */
export interface Pictured {
  readonly code: CodeView;
  readonly heads: { layers(): HTMLCanvasElement[] };
  readonly matrix: { layers(): HTMLCanvasElement[] };
}

/** Takes what is on screen, or the numbers behind it, out of the panel. */
export class ShareMenu {
  readonly #popup: Popup;

  constructor(
    private readonly context: PanelContext,
    private readonly pictured: Pictured,
    private readonly finder: FocusFinder,
  ) {
    this.#popup = new Popup('share', t('Export'), icons.share, () => this.#choices());
  }

  get button(): HTMLElement {
    return this.#popup.button;
  }

  get element(): HTMLElement {
    return this.#popup.element;
  }

  #choices(): Node[] {
    const { view } = this.context.store.state;
    const save = (label: string, kind: ExportKind, make: () => Promise<Uint8Array>): HTMLElement =>
      button(label, 'secondary', () => void this.#save(kind, make));
    return [
      ...(view === 'why'
        ? []
        : [save(t('Picture (PNG)'), 'png', () => this.#png()), save(t('Drawing (SVG)'), 'svg', () => this.#svg())]),
      save(t('Numbers (JSON)'), 'json', () => this.#json()),
      save(t('Matrix (NPY)'), 'npy', () => Promise.resolve(new Uint8Array())),
      save(t('Session to replay (HTML)'), 'session', () => Promise.resolve(themeOfPage())),
      // A question is no part of a link to a place in a file.
      ...(isSimilarity(this.context.main()) ? [] : [button(t('Copy a link'), 'secondary', () => this.#copyLink())]),
    ];
  }

  async #save(kind: ExportKind, make: () => Promise<Uint8Array>): Promise<void> {
    this.#popup.close();
    const capture = this.context.main();
    if (capture === undefined) return;
    try {
      const name =
        `${isSimilarity(capture) ? '' : 'attention-'}${capture.shown.title.replace(/[^\p{L}\p{N}.]+/gu, '-')}`.slice(
          0,
          80,
        );
      const saved = await this.context.host.request(
        'save',
        { capture: capture.id, kind, name, data: await make(), map: placeOf(this.context.store.state) },
        { timeoutMs: 600_000 },
      );
      if (saved !== undefined) this.context.announce(t('Saved as {0}', saved));
    } catch (error) {
      this.context.fail(error);
    }
  }

  #copyLink(): void {
    this.#popup.close();
    const capture = this.context.main();
    if (capture === undefined) return;
    this.context.host.notify('copyLink', { capture: capture.id, state: writeState(this.context.store.state) });
    this.context.announce(t('The link is on the clipboard'));
  }

  async #png(): Promise<Uint8Array> {
    const blob = await new Promise<Blob | null>((resolve) => this.#draw().toBlob(resolve, 'image/png'));
    if (blob === null) throw new Error(t('The picture could not be drawn.'));
    return new Uint8Array(await blob.arrayBuffer());
  }

  /** All canvases of the view on each other, on the theme's background. */
  #draw(): HTMLCanvasElement {
    const { view } = this.context.store.state;
    const layers =
      view === 'code' ? [this.pictured.code.canvas()] : this.pictured[view === 'heads' ? 'heads' : 'matrix'].layers();
    const canvas = document.createElement('canvas');
    const [base] = layers.slice(-1);
    canvas.width = base?.width ?? 1;
    canvas.height = base?.height ?? 1;
    const context = canvas.getContext('2d');
    if (context === null) throw new Error(t('The picture could not be drawn.'));
    const [red, green, blue] = this.context.theme().background;
    context.fillStyle = `rgb(${red} ${green} ${blue})`;
    context.fillRect(0, 0, canvas.width, canvas.height);
    const scale = canvas.width / Math.max(1, base?.clientWidth ?? 1);
    for (const layer of layers) context.drawImage(layer, layer.offsetLeft * scale, layer.offsetTop * scale);
    return canvas;
  }

  /** Code as text and shapes; cells as the picture that they are. */
  #svg(): Promise<Uint8Array> {
    const picture = this.context.store.state.view === 'code' ? this.pictured.code.picture() : undefined;
    const canvas = picture === undefined ? this.#draw() : undefined;
    const painter = new SvgPainter(picture?.width ?? canvas?.width ?? 0, picture?.height ?? canvas?.height ?? 0);
    if (picture !== undefined) paintCode(painter, picture);
    else if (canvas !== undefined) painter.image(canvas.toDataURL('image/png'));
    return Promise.resolve(new TextEncoder().encode(painter.toString()));
  }

  /** Tokens with their places, and the weights of what is pointed at. */
  #json(): Promise<Uint8Array> {
    const capture = this.context.main();
    const focus = this.finder.current;
    const { state } = this.context.store;
    const sequences = capture?.shown.sequences.map(({ ids, text, ranges, texts }) => ({
      text,
      tokens: Array.from(ids, (id, i) => ({ id, text: texts[i], start: ranges[2 * i], end: ranges[2 * i + 1] })),
    }));
    const weights = focus && {
      from: focus.from,
      to: focus.to,
      direction: focus.direction,
      sequence: focus.side,
      sinkShare: focus.sinkShare,
      values: Array.from(focus.values),
    };
    const similarity = isSimilarity(capture)
      ? { ...capture.similarity, pairs: Array.from(capture.similarity.pairs), columns: capture.table.columns }
      : undefined;
    const file = {
      title: capture?.shown.title,
      model: capture?.shown.detail,
      ...(similarity ? { similarity } : { stacks: capture?.shown.stacks }),
      state,
      sequences,
      weights,
    };
    return Promise.resolve(new TextEncoder().encode(`${JSON.stringify(file, undefined, 1)}\n`));
  }
}

/** The theme as the editor has put it on the document, for a page of its own. */
function themeOfPage(): Uint8Array {
  const { style } = document.documentElement;
  const variables: Record<string, string> = {};
  for (let i = 0; i < style.length; i++) {
    const name = style.item(i);
    const value = style.getPropertyValue(name);
    if (name.startsWith('--vscode-') && !/[<>{};]/.test(value)) variables[name] = value;
  }
  return new TextEncoder().encode(JSON.stringify({ className: document.body.className, variables }));
}
