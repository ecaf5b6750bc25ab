/** The only file that knows the toolkit of controls, so that another can take its place. */
import {
  provideVSCodeDesignSystem,
  vsCodeBadge,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeLink,
  vsCodeOption,
  vsCodeProgressRing,
  vsCodeTag,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import type { Button, Checkbox, Dropdown, TextField } from '@vscode/webview-ui-toolkit';

export type { Button, Checkbox, Dropdown, TextField };

/** Defines the elements `vscode-button`, `vscode-checkbox`, `vscode-dropdown` with `vscode-option`, and so on. */
export function defineControls(): void {
  provideVSCodeDesignSystem().register(
    vsCodeBadge(),
    vsCodeButton(),
    vsCodeCheckbox(),
    vsCodeDropdown(),
    vsCodeLink(),
    vsCodeOption(),
    vsCodeProgressRing(),
    vsCodeTag(),
    vsCodeTextField(),
  );
}

declare global {
  interface HTMLElementTagNameMap {
    'vscode-button': Button;
    'vscode-checkbox': Checkbox;
    'vscode-dropdown': Dropdown;
    'vscode-text-field': TextField;
  }
}
