/**
 * Reads colours and fonts of the editor's theme for drawing on canvases, and watches for changes. Used by `app.ts` and
 * the painters.
 */
import { css, mix, parseColour } from './model/colour';
import type { Rgb } from './model/colour';

/** What is drawn on canvases takes its colours and fonts from the editor's theme, like everything else. */
export interface Theme {
  readonly highContrast: boolean;
  readonly background: Rgb;
  readonly foreground: Rgb;
  readonly muted: Rgb;
  readonly border: Rgb;
  readonly focus: Rgb;
  /** Colours of the tokens that a token read, and of those that read it. */
  readonly reads: Rgb;
  readonly readBy: Rgb;
  readonly lineNumber: Rgb;
  /** CSS font of code, of text and of small text. */
  readonly codeFont: string;
  readonly smallFont: string;
  readonly codeSize: number;
}

/** Reads the theme as it is now. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const value = (name: string): string => style.getPropertyValue(`--vscode-${name}`);
  const highContrast = /\bvscode-high-contrast/.test(document.body.className);
  const foreground = parseColour(value('editor-foreground') || value('foreground'), [204, 204, 204]);
  const background = parseColour(value('editor-background'), [31, 31, 31]);
  const muted = parseColour(value('descriptionForeground'), mix(background, foreground, 0.6));
  const codeSize = Math.min(Number.parseFloat(value('editor-font-size')) || 13, 14);
  const family = value('editor-font-family') || 'monospace';
  return {
    highContrast,
    background,
    foreground,
    muted,
    border: parseColour(
      value('contrastBorder') || value('editorWidget-border') || value('panel-border'),
      mix(background, foreground, 0.25),
    ),
    focus: parseColour(value('focusBorder'), foreground),
    reads: parseColour(value('charts-blue'), [55, 148, 255]),
    readBy: parseColour(value('charts-yellow'), [204, 167, 0]),
    lineNumber: parseColour(value('editorLineNumber-foreground'), muted),
    codeFont: `${codeSize}px ${family}`,
    smallFont: `${Math.max(10, codeSize - 2)}px ${value('font-family') || 'sans-serif'}`,
    codeSize,
  };
}

/** Calls back whenever the editor's theme or its font changes. */
export function onThemeChange(listener: () => void): void {
  const observer = new MutationObserver(listener);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
}

export { css };
