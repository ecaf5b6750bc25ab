/**
 * Writes docs/settings.md, the reference of everything that package.json offers to a user: settings, commands, colours and tools.
 * `npm run generate` calls it, and a unit test compares the page with what it returns. It knows no setting by name.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Setting
 * @property {string | string[]} type
 * @property {unknown} default
 * @property {string} scope
 * @property {string} markdownDescription
 * @property {(string | number)[]} [enum]
 * @property {string[]} [enumDescriptions]
 * @property {number} [minimum]
 * @property {number} [maximum]
 * @property {Partial<Setting>[]} [anyOf] words that may stand in the place of a number
 *
 * @typedef {{ command: string, category: string, title: string }} Command
 * @typedef {{ command: string, when?: string }} MenuEntry
 * @typedef {{ command: string, key: string, mac?: string }} KeyBinding
 *
 * @typedef {object} Manifest
 * @property {Contributions} contributes
 * @property {{ untrustedWorkspaces: { description: string, restrictedConfigurations: string[] } }} capabilities
 *
 * @typedef {object} Contributions
 * @property {{ properties: Record<string, Setting> }} configuration
 * @property {Command[]} commands
 * @property {Record<string, MenuEntry[]>} menus
 * @property {KeyBinding[]} keybindings
 * @property {{ id: string, description: string }[]} colors
 * @property {{ name: string, userDescription: string }[]} languageModelTools
 */

/** What people call the menus that commands stand in. A menu without a name here stops the generator. */
const menuNames = /** @type {Readonly<Record<string, string>>} */ ({
  commandPalette: 'Command Palette',
  'editor/context': 'context menu of the editor',
  'webview/context': 'context menu of a search hit',
  'comments/commentThread/title': 'buttons of a summary',
});

/** Where VS Code reads a setting of each scope from. */
const scopes = /** @type {Readonly<Record<string, string>>} */ ({
  machine: 'user settings of this machine only',
  resource: 'user, workspace, folder',
  'language-overridable': 'user, workspace, folder, language',
});

/**
 * @param {string} root absolute path of the repository
 * @returns {string} the page, as docs/settings.md is to hold it
 */
export function settingsPage(root) {
  const read = (/** @type {string} */ name) => JSON.parse(readFileSync(join(root, name), 'utf8'));
  /** @type {Record<string, string>} */
  const strings = read('package.nls.json');
  const say = (/** @type {string} */ text) =>
    text.replace(/^%(.+)%$/, (_, key) => strings[key] ?? known(undefined, key));
  /** @type {Manifest} */
  const { contributes, capabilities } = read('package.json');
  const { description, restrictedConfigurations } = capabilities.untrustedWorkspaces;
  return [
    '# Settings, commands, colours and tools',
    '<!-- Written by `npm run generate` from package.json and package.nls.json. Change those, not this page. -->',
    '## Settings',
    ...settings(contributes, say),
    '### Untrusted workspaces',
    `${say(description)} These are: ${restrictedConfigurations.map(code).join(', ')}.`,
    '## Commands',
    'Each command is called `Glassbox: …` in the Command Palette. The identifiers are for `keybindings.json`.',
    commands(contributes, say),
    '## Colours',
    'For `workbench.colorCustomizations`.',
    table(
      ['Colour', 'What it is'],
      contributes.colors.map(({ id, description }) => [code(id), say(description)]),
    ),
    '## Tools for language models',
    'Language models in VS Code may call these; they run on this machine like everything else.',
    table(
      ['Tool', 'What it does'],
      contributes.languageModelTools.map(({ name, userDescription }) => [code(name), say(userDescription)]),
    ),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

/** @param {Contributions} contributes @param {(text: string) => string} say @returns {string[]} a section for each setting */
function settings({ configuration: { properties } }, say) {
  return [
    table(
      ['Setting', 'Default', 'Values', 'Where it may stand'],
      Object.entries(properties).map(([name, setting]) => [
        code(name),
        code(JSON.stringify(setting.default)),
        valuesOf(setting),
        known(scopes, setting.scope),
      ]),
    ),
    ...Object.entries(properties).flatMap(([name, setting]) => {
      const { values, descriptions } = wordsOf(setting);
      return [
        `### \`${name}\``,
        say(setting.markdownDescription),
        ...(values.length === 0
          ? []
          : [values.map((value, at) => `- \`${value}\`: ${say(descriptions[at] ?? '')}`).join('\n')]),
      ];
    }),
  ];
}

/** @param {Setting} setting the words that it may be set to, if any */
function wordsOf(setting) {
  const { enum: values = [], enumDescriptions: descriptions = [] } =
    setting.anyOf?.find((one) => one.enum !== undefined) ?? setting;
  return { values, descriptions };
}

/** @param {Setting} setting */
function valuesOf(setting) {
  const { type, anyOf = [], minimum, maximum } = setting;
  const words = wordsOf(setting).values.map((value) => code(String(value)));
  if (words.length > 0 && anyOf.length === 0) return words.join(', ');
  const named = [type]
    .flat()
    .filter((one) => words.length === 0 || one !== 'string')
    .join(' or ');
  const bounded = minimum === undefined || maximum === undefined ? named : `${named}, ${minimum} to ${maximum}`;
  return [bounded, ...words].join(', ');
}

/** @param {Contributions} contributes @param {(text: string) => string} say @returns {string} a table of all of them */
function commands({ commands: all, menus, keybindings }, say) {
  const hidden = new Set(
    (menus.commandPalette ?? []).filter(({ when }) => when === 'false').map(({ command }) => command),
  );
  const placesOf = (/** @type {string} */ command) => [
    ...(hidden.has(command) ? [] : [known(menuNames, 'commandPalette')]),
    ...Object.entries(menus)
      .filter(([menu, entries]) => menu !== 'commandPalette' && entries.some((entry) => entry.command === command))
      .map(([menu]) => known(menuNames, menu)),
  ];
  const keysOf = (/** @type {string} */ command) =>
    keybindings
      .filter((binding) => binding.command === command)
      .map(({ key, mac }) => `${code(key)}${mac ? ` (${code(mac)})` : ''}`);
  return table(
    ['Command', 'Identifier', 'Where', 'Key (macOS)'],
    all.map(({ command, title }) => [
      say(title),
      code(command),
      placesOf(command).join(', '),
      keysOf(command).join(', '),
    ]),
  );
}

/** @param {string} text */
const code = (text) => `\`${text}\``;

/** @param {string[]} head @param {string[][]} rows */
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');

/**
 * @param {Readonly<Record<string, string>> | undefined} names
 * @param {string} key
 * @returns {string}
 */
function known(names, key) {
  const name = names?.[key];
  if (name === undefined)
    throw new Error(`docs/settings.md cannot be written: say in scripts/lib/settings-page.mjs what ${key} is.`);
  return name;
}
