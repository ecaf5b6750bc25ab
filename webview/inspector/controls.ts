/**
 * Form controls of the inspector webview (dropdown, checkbox, slider, button, tabs) and its icons. Used by its views
 * and menus; holds no state of the panel.
 */
import { element } from '../shared/dom';

/** A choice among named values, in a control of the toolkit. */
export interface Choice<T extends string> {
  readonly element: HTMLElement;
  /** Shows these options and this value, without calling `chosen`. */
  show(options: readonly { readonly value: T; readonly label: string }[], value: T): void;
}

export function choice<T extends string>(label: string, chosen: (value: T) => void): Choice<T> {
  const control = element('vscode-dropdown', { 'aria-label': label, title: label });
  let shown = '';
  control.addEventListener('change', () => chosen(control.value as T));
  return {
    element: control,
    show(options, value) {
      const wanted = JSON.stringify(options);
      if (wanted !== shown) {
        shown = wanted;
        control.replaceChildren(
          ...options.map(({ value: own, label: text }) => element('vscode-option', { value: own }, text)),
        );
      }
      if (control.value !== value) control.value = value;
      // The control knows its options only once they have been drawn.
      requestAnimationFrame(() => {
        if (control.value !== value) control.value = value;
      });
    },
  };
}

export interface Check {
  readonly element: HTMLElement;
  show(checked: boolean, label?: string): void;
}

export function check(label: string, changed: (checked: boolean) => void): Check {
  const control = element('vscode-checkbox', {}, label);
  control.addEventListener('change', () => changed(control.checked));
  return {
    element: control,
    show(checked, text) {
      if (control.checked !== checked) control.checked = checked;
      if (text !== undefined && control.textContent !== text) control.textContent = text;
    },
  };
}

export interface Range {
  readonly element: HTMLElement;
  show(value: number, text: string): void;
}

/** A slider with its name and its value; the toolkit has none, so it is the browser's own. */
export function range(
  label: string,
  bounds: { readonly min: number; readonly max: number; readonly step: number },
  changed: (value: number) => void,
): Range {
  const input = element('input', { type: 'range', ...bounds, 'aria-label': label });
  const output = element('output', { class: 'value' });
  input.addEventListener('input', () => changed(input.valueAsNumber));
  return {
    element: element('label', { class: 'range' }, element('span', {}, label), input, output),
    show(value, text) {
      if (input.valueAsNumber !== value) input.valueAsNumber = value;
      input.setAttribute('aria-valuetext', text);
      output.textContent = text;
    },
  };
}

export function button(
  label: string,
  appearance: 'primary' | 'secondary' | 'icon',
  pressed: () => void,
  ...content: (Node | string)[]
): HTMLElement {
  const control = element(
    'vscode-button',
    { appearance, ...(content.length > 0 ? { 'aria-label': label, title: label } : {}) },
    ...(content.length > 0 ? content : [label]),
  );
  control.addEventListener('click', pressed);
  return control;
}

/** Tabs by the pattern of ARIA: one tab stop, arrows choose. */
export interface Tabs<T extends string> {
  readonly element: HTMLElement;
  show(available: readonly T[], selected: T): void;
}

export function tabs<T extends string>(
  label: string,
  all: readonly { readonly name: T; readonly label: string; readonly panel: HTMLElement }[],
  chosen: (name: T) => void,
): Tabs<T> {
  const buttons = new Map<T, HTMLElement>();
  const list = element('div', { role: 'tablist', class: 'tabs', 'aria-label': label });
  for (const { name, label: text, panel } of all) {
    const tab = element('button', { role: 'tab', id: `tab-${name}`, 'aria-controls': `panel-${name}` }, text);
    tab.addEventListener('click', () => chosen(name));
    panel.id = `panel-${name}`;
    panel.setAttribute('role', 'tabpanel');
    panel.setAttribute('aria-labelledby', `tab-${name}`);
    buttons.set(name, tab);
    list.append(tab);
  }
  list.addEventListener('keydown', (event) => {
    const shown = [...buttons].filter(([, tab]) => !tab.hidden);
    const now = shown.findIndex(([, tab]) => tab === document.activeElement);
    const next = { ArrowRight: now + 1, ArrowLeft: now - 1 + shown.length, Home: 0, End: shown.length - 1 }[event.key];
    const entry = next === undefined ? undefined : shown[next % shown.length];
    if (entry === undefined) return;
    event.preventDefault();
    chosen(entry[0]);
    entry[1].focus();
  });
  return {
    element: list,
    show(available, selected) {
      for (const [name, tab] of buttons) {
        tab.hidden = !available.includes(name);
        tab.setAttribute('aria-selected', String(name === selected));
        tab.tabIndex = name === selected ? 0 : -1;
      }
      for (const { name, panel } of all) panel.hidden = name !== selected;
    },
  };
}

/** Makes the arrows go through a list's buttons, of which one at a time is a tab stop. */
export function rove(list: HTMLElement, selector: string): void {
  const items = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>(selector)];
  const settle = (): void => {
    const all = items();
    if (!all.some((item) => item.tabIndex === 0)) all.forEach((item, i) => (item.tabIndex = i === 0 ? 0 : -1));
  };
  new MutationObserver(settle).observe(list, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ['hidden'],
  });
  list.addEventListener('keydown', (event) => {
    const all = items();
    const now = all.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: all.length - 1 }[event.key];
    const item = next === undefined ? undefined : all[next];
    if (now < 0 || item === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    for (const other of all) other.tabIndex = other === item ? 0 : -1;
    item.focus();
  });
}

/** Columns of a table by their classes, which have their widths. */
export function columns(...classes: string[]): HTMLElement {
  return element('colgroup', {}, ...classes.map((name) => element('col', { class: name })));
}

export const icons = {
  again: 'M13 8a5 5 0 1 1-1.5-3.6M13 2v3h-3',
  close: 'M4 4l8 8M12 4l-8 8',
  sliders: 'M2 5h7M12 5h2M2 11h2M7 11h7M10.5 3.5v3M5.5 9.5v3',
  share: 'M8 10V2M5 5l3-3 3 3M3 9v4h10V9',
  compare: 'M3 4h6M7 2l2 2-2 2M13 12H7M9 10l-2 2 2 2',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  fit: 'M3 6V3h3M13 6V3h-3M3 10v3h3M13 10v3h-3',
} as const;
