/**
 * Types of what every part of the inspector webview is given, and of a view that can be refreshed. Created by
 * `app.ts`; types only.
 */
import type { InspectorProtocol } from '../../src/features/inspector/messages';
import type { HostClient } from '../shared/client';
import type { Capture } from './data';
import type { Store } from './store';
import type { Theme } from './theme';

/** What every part of the panel is given. */
export interface PanelContext {
  readonly store: Store;
  readonly host: HostClient<InspectorProtocol>;
  readonly theme: () => Theme;
  /** The capture looked at; undefined while there is none. */
  readonly main: () => Capture | undefined;
  /** The capture compared with. */
  readonly other: () => Capture | undefined;
  /** Has a sentence read out by screen readers. */
  readonly announce: (sentence: string) => void;
  /** Shows what went wrong. */
  readonly fail: (error: unknown) => void;
}

/** A part of the panel that shows the state. */
export interface View {
  readonly element: HTMLElement;
  /** Draws anew, because the state, the capture, the theme or the size has changed. */
  refresh(): void;
}
