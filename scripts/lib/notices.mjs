import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nativePackages } from './native-parts.mjs';
import { onnxFile } from './onnx-messages.mjs';

/**
 * Packages published without their licence text; who holds the rights is what their project's licence file says.
 *
 * @type {Record<string, string>}
 */
const rightsHolders = {
  'onnxruntime-node': 'Copyright (c) Microsoft Corporation',
  'onnxruntime-common': 'Copyright (c) Microsoft Corporation',
  '@microsoft/fast-element': 'Copyright (c) Microsoft Corporation',
  '@microsoft/fast-foundation': 'Copyright (c) Microsoft Corporation',
  '@microsoft/fast-web-utilities': 'Copyright (c) Microsoft Corporation',
};

const mit = (/** @type {string} */ rightsHolder) => `MIT License

${rightsHolder}

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`;

/** @param {string} name of a file in licences/ */
const licence = (name) => readFileSync(new URL(`licences/${name}.txt`, import.meta.url), 'utf8').trim();

/**
 * Terms of packages published without them, as the files of these packages state them.
 *
 * @type {Record<string, () => string>}
 */
const statedTerms = {
  '@bufbuild/protobuf': () =>
    [
      'Copyright 2021-2026 Buf Technologies, Inc.',
      licence('Apache-2.0'),
      'For the code that reads and writes numbers of variable length:',
      licence('protobuf'),
    ].join('\n\n'),
};

const onnxNotice = () => {
  const title = 'ONNX, onnx.proto (Apache-2.0)';
  return [
    title,
    '-'.repeat(title.length),
    '',
    'Copyright (c) ONNX Project Contributors',
    '',
    licence('Apache-2.0'),
  ].join('\n');
};

/** What `@vscode/tree-sitter-wasm` was built from, as the projects' own licence files state it. */
const grammarHolders = [
  'tree-sitter: Copyright (c) 2018-2023 Max Brunsfeld',
  'tree-sitter-bash, -typescript: Copyright (c) 2017 Max Brunsfeld',
  'tree-sitter-c-sharp: Copyright (c) 2014-2023 Max Brunsfeld, Damien Guard, Amaan Qureshi, and contributors',
  'tree-sitter-cpp, -go, -javascript, -regex: Copyright (c) 2014 Max Brunsfeld',
  'tree-sitter-css: Copyright (c) 2018 Max Brunsfeld',
  'tree-sitter-java: Copyright (c) 2017 Ayman Nadeem',
  'tree-sitter-php: Copyright (c) 2017 Josh Vera, GitHub; Copyright (c) 2019 Max Brunsfeld, Amaan Qureshi, Christian Frøystad, Caleb White',
  'tree-sitter-powershell: Copyright (c) 2023 Airbus CERT',
  'tree-sitter-python: Copyright (c) 2016 Max Brunsfeld',
  'tree-sitter-ruby: Copyright (c) 2016 Rob Rix',
  'tree-sitter-rust: Copyright (c) 2017 Maxim Sokolov',
];

const grammarNotices = () => {
  const [mitTitle, apacheTitle] = ['tree-sitter and its grammars (MIT)', 'tree-sitter-ini (Apache-2.0)'];
  return [
    [mitTitle, '-'.repeat(mitTitle.length), '', mit(grammarHolders.join('\n'))].join('\n'),
    [apacheTitle, '-'.repeat(apacheTitle.length), '', 'Copyright Justin M. Keyes', '', licence('Apache-2.0')].join(
      '\n',
    ),
  ];
};

/** @param {import('./bases.mjs').Base} base */
function baseNotice({ name, license, authors, source, changes }) {
  const title = `${name}, model weights (${license})`;
  const about = `By ${authors}: ${source}\nChanged: ${changes}.`;
  return [title, '-'.repeat(title.length), '', about, '', licence(license)].join('\n');
}

/**
 * The notices that go with what is shipped: one for each package that has a file in a shipped bundle, and for those
 * staged beside the bundles, with what the grammars among them were built from; and one for ONNX where what is generated
 * from its file is in a bundle; and one for each base that a shipped model was made from. The same packages and bases
 * always give the same text.
 *
 * @param {string} root the repository
 * @param {string[]} inputs files that went into the shipped bundles, relative to the root
 * @param {import('./bases.mjs').Base[]} bases
 * @throws when a package has no licence text
 */
export function thirdPartyNotices(root, inputs, bases = []) {
  const folders = new Set(nativePackages.map((name) => `node_modules/${name}`));
  for (const input of inputs) {
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
    if (folder !== undefined) folders.add(folder);
  }
  const notices = [...folders].sort().map((folder) => notice(root, folder));
  notices.push(...grammarNotices());
  if (inputs.includes(onnxFile)) notices.push(onnxNotice());
  notices.push(...bases.map(baseNotice));
  return `Glassbox contains the following software and models of others, under these terms.\n\n${notices.join('\n\n')}\n`;
}

/** @param {string} root @param {string} folder */
function notice(root, folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const title = `${name} ${version} (${license})`;
  const parts = [title, '-'.repeat(title.length), '', licenceText(join(root, folder), name, license)];
  if (name === 'onnxruntime-node') {
    parts.push(
      '',
      `Notices for what is inside ONNX Runtime: https://github.com/microsoft/onnxruntime/blob/v${version}/ThirdPartyNotices.txt`,
    );
  }
  return parts.join('\n');
}

/** @param {string} folder @param {string} name @param {string} license */
function licenceText(folder, name, license) {
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(-mit)?(\.(md|txt))?$/i.test(entry));
  if (file !== undefined) {
    return readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim();
  }
  const terms = statedTerms[name];
  if (terms !== undefined) return terms();
  const rightsHolder = rightsHolders[name];
  if (license !== 'MIT' || rightsHolder === undefined) throw new Error(`${name} comes without its licence text.`);
  return mit(rightsHolder);
}
